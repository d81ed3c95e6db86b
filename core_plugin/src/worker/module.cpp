// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// orthanc_runtime.lanes: the path of a task through a worker.
#include "worker/output_arguments.h"
#include "worker/python_frame.h"
#include "worker/rest_output.h"
#include "worker/rest_request.h"
#include "worker/task_runner.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

/// The objects of a tuple, as an array.
PyObject* const* items(const py::args& parts) {
  return parts.empty() ? nullptr : &PyTuple_GET_ITEM(parts.ptr(), 0);
}

void bind_frame_stream(py::module_& module) {
  py::class_<FrameStream> type(module, "FrameStream");
  type.def(py::init([](py::object sock, int in_fd, int out_fd) {
             return std::make_unique<FrameStream>(std::move(sock), Descriptor(in_fd),
                                                  Descriptor(out_fd));
           }),
           py::arg("sock"), py::arg("in_fd") = -1, py::arg("out_fd") = -1)
      .def("receive", [](FrameStream& self) { return as_frame(self.receive()); })
      .def(
          "send",
          [](FrameStream& self, int kind, uint64_t task, uint8_t depth, const py::object& head,
             const py::args& parts) {
            self.send(static_cast<FrameKind>(kind), task, depth, head.ptr(), items(parts),
                      parts.size());
          },
          py::arg("kind"), py::arg("task"), py::arg("depth"), py::arg("head"))
      .def("has_more", &FrameStream::has_more)
      .def("fileno", &FrameStream::descriptor)
      .def("close", &FrameStream::close)
      .def_property_readonly("socket", &FrameStream::socket);
  type.attr("BUFFER") = FrameStream::kBuffer;
}

void bind_task_lane(py::module_& module) {
  py::class_<TaskLane>(module, "TaskLane")
      .def(py::init<py::object, py::object, py::object>(), py::arg("frames"), py::arg("leave"),
           py::arg("abandon"))
      .def("receive", [](TaskLane& self) { return as_frame(self.receive()); })
      .def("receive_any", [](TaskLane& self) { return as_frame(self.receive_any()); })
      .def(
          "send",
          [](TaskLane& self, int kind, const py::object& head, const py::args& parts) {
            self.send(static_cast<FrameKind>(kind), head.ptr(), items(parts), parts.size());
          },
          py::arg("kind"), py::arg("head"))
      .def(
          "send_output",
          [](TaskLane& self, const py::object& output, const py::object& head,
             const py::object& data) {
            return self.send_output(output.ptr(), head.ptr(), data.ptr());
          },
          py::arg("output"), py::arg("head"), py::arg("data"))
      .def(
          "finish",
          [](TaskLane& self, int kind, const py::object& head, const py::args& parts) {
            self.finish(static_cast<FrameKind>(kind), head.ptr(), items(parts), parts.size());
          },
          py::arg("kind"), py::arg("head"))
      .def(
          "call",
          [](TaskLane& self, const py::object& head, const py::args& parts) {
            const ReceivedFrame reply = self.call(head.ptr(), items(parts), parts.size());
            return py::make_tuple(reply.head, reply.body);
          },
          py::arg("head"))
      .def("has_more", [](TaskLane& self) { return self.frames().has_more(); })
      .def("fileno", [](TaskLane& self) { return self.frames().descriptor(); })
      .def_readonly("thread", &TaskLane::thread)
      .def_readwrite("task", &TaskLane::task)
      .def_readwrite("depth", &TaskLane::depth)
      .def_readwrite("output", &TaskLane::output)
      .def_readwrite("cancel", &TaskLane::cancel)
      .def_readwrite("replied", &TaskLane::replied)
      .def_readwrite("run_nested", &TaskLane::run_nested);
}

void bind_task_runner(py::module_& module) {
  py::class_<TaskRunner>(module, "TaskRunner")
      .def(py::init([](py::object lane, py::object find, py::object output_type,
                       py::object returned, py::object raised, py::object decode_call,
                       py::object encode_result, py::object call_raised, py::object current) {
             return new TaskRunner(
                 std::move(lane),
                 {std::move(find), std::move(output_type), std::move(returned), std::move(raised),
                  std::move(decode_call), std::move(encode_result), std::move(call_raised),
                  std::move(current)});
           }),
           py::kw_only(), py::arg("lane"), py::arg("find"), py::arg("output_type"),
           py::arg("returned"), py::arg("raised"), py::arg("decode_call"), py::arg("encode_result"),
           py::arg("call_raised"), py::arg("current"))
      .def("run", [](TaskRunner& self, const py::tuple& frame) { self.run(from_frame(frame)); })
      .def("serve", &TaskRunner::serve, py::arg("lost_streams"), py::arg("streams"));
  module.def(
      "request_of",
      [](const py::object& head, const py::object& body) {
        const RestRequest request(head.ptr(), body.ptr());
        return py::make_tuple(py::handle(request.address), py::handle(request.uri),
                              request.keywords);
      },
      py::arg("head"), py::arg("body"));
  module.def("are_open", &are_open, py::arg("streams"));
}

void bind_output(py::module_& module) {
  module.attr("TaskOutput") = make_output_type();
  module.def(
      "as_data",
      [](const py::object& value, int expected) { return as_data(value.ptr(), expected); },
      py::arg("value"), py::arg("expected"));
  module.def(
      "check_text", [](const py::object& text, int expected) { check_text(text.ptr(), expected); },
      py::arg("text"), py::arg("expected"));
  module.def(
      "check_header_text",
      [](const py::object& text, int expected) { check_header_text(text.ptr(), expected); },
      py::arg("text"), py::arg("expected"));
}

}  // namespace

}  // namespace orthanc_runtime

PYBIND11_MODULE(lanes, module) {
  using namespace orthanc_runtime;
  // NOLINTNEXTLINE(performance-unnecessary-value-param): pybind11 wants this signature
  py::register_local_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) {
        std::rethrow_exception(thrown);
      }
    } catch (const ProtocolError& error) {
      py::set_error(py::module_::import("orthanc_runtime.protocol").attr("ProtocolError"),
                    error.what());
    }
  });
  bind_frame_stream(module);
  bind_task_lane(module);
  bind_output(module);
  bind_task_runner(module);
}
