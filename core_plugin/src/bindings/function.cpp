// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/function.h"

#include "bindings/buffer_views.h"
#include "bindings/gil.h"
#include "bindings/owned.h"
#include "dispatch/function_calls.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

// A larger body is not copied once more.
constexpr size_t kCopied = size_t{16} * 1024;

py::object python_body(OwnedBody body) {
  const std::string_view view = body.view;
  return view.size() <= kCopied ? py::object(py::bytes(view.data(), view.size()))
                                : py::cast(std::move(body));
}

/// What the function has raised in its worker.
[[noreturn]] void raise_failure(Outcome outcome) {
  const Json& head = outcome.error;
  const auto text = [&](size_t index) {
    const auto& bytes = head[index].get_ref<const std::string&>();
    return py::reinterpret_steal<py::object>(PyUnicode_DecodeUTF8(
        bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "surrogateescape"));
  };
  const py::object error =
      py::module_::import("orthanc_runtime.payload")
          .attr("decode_failure")(py::make_tuple(text(0), text(1), text(2)),
                                  py::memoryview(python_body(std::move(outcome.body))));
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
  throw py::error_already_set();
}

}  // namespace

Function::Function(std::shared_ptr<Pool> pool, Terms terms,
                   const DispatchSurroundings& surroundings)
    : pool_(std::move(pool)), terms_(std::move(terms)), surroundings_(surroundings) {}

py::object Function::call_plain(const py::tuple& arguments, bool background) const {
  std::optional<std::string> body = PlainPickle::dump_call(arguments.ptr());
  if (!body) {
    return py::none();
  }
  Task task;
  task.body.push_back({body->data(), body->size()});
  Outcome outcome = run(task, background);
  py::object result = pickle_.load(outcome.body.view, "the result");
  if (!result) {
    result = py::module_::import("orthanc_runtime.payload")
                 .attr("decode_result")(py::memoryview(python_body(std::move(outcome.body))));
  }
  return owned(PyTuple_Pack(1, result.ptr()));
}

py::object Function::call(bool background, const py::list& buffers,
                          const py::sequence& lent) const {
  Task task;
  const BufferViews held(PySequence_Fast_ITEMS(buffers.ptr()), buffers.size());
  held.append_to(task.body);
  if (!lent.empty()) {
    task.lent = std::make_unique<LentObjects>();
    for (const py::handle& object : lent) {
      task.lent->add(surroundings_.lend(object));
    }
  }
  return python_body(std::move(run(task, background).body));
}

Outcome Function::run(Task& task, bool background) const {
  surroundings_.before_call();
  set_function(task, terms_.address);
  task.timeout = terms_.timeout.value_or(pool_->limits().task_timeout);
  task.idempotent = terms_.idempotent;
  task.cancellable = terms_.cancellable;
  task.concurrency = terms_.concurrency;
  task.background = background;
  Outcome outcome;
  {
    const GilRelease released;
    outcome = pool_->run(task);
  }
  raise_ending(outcome);
  if (outcome.ending == Ending::HandlerFailed) {
    raise_failure(std::move(outcome));
  }
  return outcome;
}

void bind_function(py::module_& module) {
  py::class_<Function>(module, "Function")
      .def("call_plain", &Function::call_plain, py::arg("arguments"), py::arg("background"))
      .def("call", &Function::call, py::arg("background"), py::arg("buffers"), py::arg("lent"));
}

}  // namespace orthanc_runtime
