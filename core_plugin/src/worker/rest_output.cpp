// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker/rest_output.h"

#include <structmember.h>

#include <cstddef>
#include <new>

#include "bindings/owned.h"
#include "worker/output_arguments.h"
#include "worker/task_lane.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

struct Output {
  PyObject_HEAD  //
      PyObject* lane;
  TaskLane* native;
};

Output& output_of(PyObject* self) { return *reinterpret_cast<Output*>(self); }

/// What `function` returns, or its exception as one of Python.
template <class Function>
auto guarded(Function function, decltype(function()) failed) -> decltype(function()) {
  try {
    return function();
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const py::builtin_exception& error) {
    error.set_error();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return failed;
}

PyObject* create(PyTypeObject* type, PyObject* arguments, PyObject* /*keywords*/) {
  return guarded(
      [&]() -> PyObject* {
        PyObject* lane = nullptr;
        if (PyArg_ParseTuple(arguments, "O", &lane) == 0) {
          throw py::error_already_set();
        }
        return new_output(type, lane, py::handle(lane).cast<TaskLane&>()).release().ptr();
      },
      nullptr);
}

void destroy(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  Py_CLEAR(output_of(self).lane);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* answer_buffer(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  return guarded(
      [&]() -> PyObject* {
        if (count != 2) {
          throw py::type_error("AnswerBuffer() takes 2 arguments (" + std::to_string(count) +
                               " given)");
        }
        PyObject* const type = arguments[1];
        check_header_text(type, 2);
        const py::object data = arguments[0] == Py_None ? owned(PyBytes_FromStringAndSize("", 0))
                                                        : as_data(arguments[0], 2);
        static PyObject* const name = PyUnicode_InternFromString("AnswerBuffer");
        const py::object head = owned(PyTuple_Pack(2, name, type));
        if (!output_of(self).native->send_output(self, head.ptr(), data.ptr())) {
          return PyObject_CallMethod(self, "_has_returned", "O", name);
        }
        Py_RETURN_NONE;
      },
      nullptr);
}

}  // namespace

py::object new_output(PyTypeObject* type, PyObject* lane, TaskLane& native) {
  py::object self = owned(type->tp_alloc(type, 0));
  Py_INCREF(lane);
  output_of(self.ptr()).lane = lane;
  output_of(self.ptr()).native = &native;
  return self;
}

py::object make_output_type() {
  static PyMethodDef methods[] = {
      {"AnswerBuffer", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&answer_buffer)),
       METH_FASTCALL,
       "AnswerBuffer($self, answer, mimeType, /)\n--\n\n"
       "Answer with status 200; text is sent as UTF-8, None as an empty body."},
      {nullptr, nullptr, 0, nullptr}};
  static PyMemberDef members[] = {{"_lane", T_OBJECT, offsetof(Output, lane), READONLY, nullptr},
                                  {nullptr, 0, 0, 0, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(&create)},
                                {Py_tp_dealloc, reinterpret_cast<void*>(&destroy)},
                                {Py_tp_methods, methods},
                                {Py_tp_members, members},
                                {0, nullptr}};
  static PyType_Spec spec = {"orthanc_runtime.lanes.TaskOutput", sizeof(Output), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
  return owned(PyType_FromSpec(&spec));
}

}  // namespace orthanc_runtime
