// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/callback_list.h"

#include "runtime.h"

namespace py = pybind11;

namespace orthanc_runtime {

void require_callable(const py::handle& callback, const char* function) {
  if (PyCallable_Check(callback.ptr()) == 0) {
    throw py::type_error(std::string(function) + " needs a callable, not " +
                         Py_TYPE(callback.ptr())->tp_name);
  }
}

namespace {

bool is_offloaded(const py::handle& callback) {
  return !py::module_::import("orthanc_runtime.offload")
              .attr("offloaded_within")(callback)
              .is_none();
}

}  // namespace

void refuse_offloaded(const py::handle& callback, const char* function, const char* reason) {
  if (is_offloaded(callback)) {
    throw py::type_error(std::string(function) + ": " + reason);
  }
}

void note_callback(const py::handle& callback) {
  HttpThreads& threads = *runtime().http_threads;
  threads.note_callback();
  if (is_offloaded(callback)) {
    threads.leave_to_clients();
  }
}

std::string calling_place() {
  PyFrameObject* const frame = PyEval_GetFrame();
  if (frame == nullptr) {
    return "a place without Python code";
  }
  const auto code =
      py::reinterpret_steal<py::object>(reinterpret_cast<PyObject*>(PyFrame_GetCode(frame)));
  return py::str("{}:{}").format(code.attr("co_filename"), PyFrame_GetLineNumber(frame));
}

void SingleRegistration::claim() {
  const std::string place = calling_place();
  if (!place_.empty()) {
    PyErr_SetString(PyExc_RuntimeError,
                    ("Can only register one Python " + std::string(kind_) +
                     " callback: there is one of " + place_ + ", and now one of " + place)
                        .c_str());
    throw py::error_already_set();
  }
  place_ = place;
}

}  // namespace orthanc_runtime
