// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker/task_runner.h"

#include <poll.h>

#include "bindings/owned.h"
#include "worker/rest_output.h"
#include "worker/rest_request.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

constexpr long kRest = 0;  // TaskKind
constexpr long kFunction = 1;
constexpr std::array<int, 2> kOutputs{1, 2};  // standard output and errors

/// The task of a lane is this one for a time, then the outer one again.
class Running {
 public:
  Running(TaskLane& lane, const ReceivedFrame& frame, PyObject* current)
      : lane_(lane),
        current_(current),
        outer_task_(lane.task),
        outer_depth_(lane.depth),
        outer_output_(std::move(lane.output)) {
    lane.output = py::none();
    lane.task = frame.header.task;
    lane.depth = frame.header.depth;
    const py::object number = owned(PyLong_FromUnsignedLongLong(frame.header.task));
    const py::object entry = owned(PyTuple_Pack(2, number.ptr(), frame.head.ptr()));
    token_ = owned(PyContextVar_Set(current_, entry.ptr()));
  }
  ~Running() {
    lane_.task = outer_task_;
    lane_.depth = outer_depth_;
    lane_.output = std::move(outer_output_);
    if (PyContextVar_Reset(current_, token_.ptr()) != 0) {
      PyErr_WriteUnraisable(current_);
    }
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  TaskLane& lane_;
  PyObject* const current_;
  const uint64_t outer_task_;
  const int outer_depth_;
  py::object outer_output_;
  py::object token_;
};

long kind_of(PyObject* head) {
  if (!PyList_Check(head) || PyList_GET_SIZE(head) == 0 ||
      !PyLong_Check(PyList_GET_ITEM(head, 0))) {
    throw ProtocolError("head of a task");
  }
  int overflow = 0;
  return PyLong_AsLongAndOverflow(PyList_GET_ITEM(head, 0), &overflow);
}

bool is_call(PyObject* call) {
  return PyTuple_Check(call) && PyTuple_GET_SIZE(call) == 2 &&
         PyTuple_Check(PyTuple_GET_ITEM(call, 0)) && PyDict_Check(PyTuple_GET_ITEM(call, 1));
}

std::string_view view_of(PyObject* body) {
  return {PyByteArray_AS_STRING(body), static_cast<size_t>(PyByteArray_GET_SIZE(body))};
}

bool are_open_in_python(const py::tuple& streams) {
  static PyObject* const closed = PyUnicode_InternFromString("closed");
  for (const py::handle stream : streams) {
    if (owned(PyObject_GetAttr(stream.ptr(), closed)).ptr() == Py_True) {
      return false;
    }
  }
  return true;
}

py::object with_traceback(const py::error_already_set& error) {
  if (error.trace()) {
    PyException_SetTraceback(error.value().ptr(), error.trace().ptr());
  }
  return error.value();
}

}  // namespace

TaskRunner::TaskRunner(py::object lane, TaskSteps steps)
    : kept_lane_(std::move(lane)), lane_(kept_lane_.cast<TaskLane&>()), python_(std::move(steps)) {}

void TaskRunner::serve(const py::object& lost_streams, const py::tuple& streams) {
  for (;;) {
    if (!are_open_in_python(streams) || !lane_.frames().await(kOutputs)) {
      lost_streams();
    }
    // A large body must not stay in memory until the next task.
    const ReceivedFrame frame = lane_.receive();
    if (frame.header.kind != FrameKind::Task || frame.header.depth != 0) {
      lane_.abandon("frame " + std::to_string(static_cast<int>(frame.header.kind)) + " at depth " +
                    std::to_string(frame.header.depth) + ", not a task");
    }
    run(frame);
  }
}

void TaskRunner::run(const ReceivedFrame& frame) {
  const Running running(lane_, frame, python_.current.ptr());
  try {
    const long kind = kind_of(frame.head.ptr());
    if (kind == kRest) {
      run_request(frame.head.ptr(), frame.body.ptr());
    } else if (kind == kFunction) {
      run_function(frame.head.ptr(), frame.body.ptr());
    } else {
      throw ProtocolError("task of kind " + std::to_string(kind));
    }
  } catch (const ProtocolError& error) {
    lane_.abandon(error.what());
  }
}

void TaskRunner::run_request(PyObject* head, PyObject* body) {
  const py::object raised = call(head, body);
  if (raised) {
    python_.raised(raised);
  } else {
    lane_.finish(FrameKind::Done, nothing_.ptr(), nullptr, 0);
  }
}

py::object TaskRunner::call(PyObject* head, PyObject* body) {
  const RestRequest request(head, body);
  try {
    const py::object output = new_output(reinterpret_cast<PyTypeObject*>(python_.output_type.ptr()),
                                         kept_lane_.ptr(), lane_);
    lane_.output = output;
    const py::object arguments = owned(PyTuple_Pack(2, output.ptr(), request.uri));
    const py::object value =
        owned(PyObject_Call(find(request.address), arguments.ptr(), request.keywords.ptr()));
    if (!value.is_none()) {
      python_.returned(value);
    }
    return {};
  } catch (const py::error_already_set& error) {
    return with_traceback(error);
  }
}

void TaskRunner::run_function(PyObject* head, PyObject* body) {
  if (PyList_GET_SIZE(head) < 2 || !PyUnicode_Check(PyList_GET_ITEM(head, 1))) {
    throw ProtocolError("head of a function call");
  }
  py::object result;
  try {
    result = call_function(PyList_GET_ITEM(head, 1), body);
  } catch (const py::error_already_set& error) {
    python_.call_raised(with_traceback(error));
    return;
  }
  if (PyBytes_Check(result.ptr())) {
    PyObject* const part = result.ptr();
    lane_.finish(FrameKind::Done, nothing_.ptr(), &part, 1);
  } else {
    const py::object parts = owned(PySequence_Tuple(result.ptr()));
    lane_.finish(FrameKind::Done, nothing_.ptr(), &PyTuple_GET_ITEM(parts.ptr(), 0),
                 static_cast<size_t>(PyTuple_GET_SIZE(parts.ptr())));
  }
}

/// The body of its result, or a list of the parts of that.
py::object TaskRunner::call_function(PyObject* address, PyObject* body) {
  py::object arguments;
  py::object keywords;
  const std::string_view held = PyByteArray_Check(body) ? view_of(body) : std::string_view();
  if (held.empty() || !(arguments = PlainPickle::load_arguments(held))) {
    py::object call = pickle_.load(held, "the arguments");
    if (!call || !is_call(call.ptr())) {
      call = python_.decode_call(py::handle(body));
    }
    arguments = py::reinterpret_borrow<py::object>(PyTuple_GET_ITEM(call.ptr(), 0));
    keywords = py::reinterpret_borrow<py::object>(PyTuple_GET_ITEM(call.ptr(), 1));
  }
  py::object value = owned(PyObject_Call(find(address), arguments.ptr(), keywords.ptr()));
  arguments = keywords = py::object();
  if (PyCoro_CheckExact(value.ptr())) {
    value = python_.returned(value);
  }
  py::object plain = PlainPickle::dump(value.ptr());
  return plain ? plain : python_.encode_result(value, py::handle(address));
}

PyObject* TaskRunner::find(PyObject* address) {
  PyObject* found = PyDict_GetItemWithError(found_.ptr(), address);
  if (found == nullptr) {
    if (PyErr_Occurred() != nullptr) {
      throw py::error_already_set();
    }
    const py::object handler = python_.find(py::handle(address));
    if (PyDict_SetItem(found_.ptr(), address, handler.ptr()) != 0) {
      throw py::error_already_set();
    }
    found = handler.ptr();  // the dictionary keeps it
  }
  return found;
}

bool are_open(const py::tuple& streams) {
  // POLLNVAL and POLLERR need not be asked for.
  pollfd descriptors[2] = {{kOutputs[0], 0, 0}, {kOutputs[1], 0, 0}};
  return poll(descriptors, 2, 0) == 0 && are_open_in_python(streams);
}

}  // namespace orthanc_runtime
