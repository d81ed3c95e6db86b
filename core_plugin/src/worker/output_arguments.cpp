// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker/output_arguments.h"

#include <string>

#include "bindings/owned.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

[[noreturn]] void bad_types(int expected) {
  throw py::type_error("Bad types for the arguments (" + std::to_string(expected) +
                       " arguments expected)");
}

bool contains(PyObject* text, Py_UCS4 letter) {
  return PyUnicode_FindChar(text, letter, 0, PyUnicode_GET_LENGTH(text), 1) >= 0;
}

}  // namespace

py::object as_data(PyObject* value, int expected) {
  if (PyUnicode_Check(value)) {
    return owned(PyUnicode_AsEncodedString(value, "utf-8", "surrogateescape"));
  }
  if (PyBytes_Check(value) || PyByteArray_Check(value)) {
    return py::reinterpret_borrow<py::object>(value);
  }
  if (PyObject_CheckBuffer(value) == 0) {
    bad_types(expected);
  }
  const py::object view = owned(PyMemoryView_FromObject(value));
  if (PyBuffer_IsContiguous(PyMemoryView_GET_BUFFER(view.ptr()), 'C') == 0) {
    bad_types(expected);
  }
  return view.attr("cast")("B");
}

void check_text(PyObject* text, int expected) {
  if (!PyUnicode_Check(text)) {
    bad_types(expected);
  }
  if (contains(text, 0)) {
    throw py::value_error("a string given to Orthanc cannot contain a NUL character");
  }
}

void check_header_text(PyObject* text, int expected) {
  check_text(text, expected);
  if (contains(text, '\r') || contains(text, '\n')) {
    throw py::value_error("an HTTP header cannot contain a line break");
  }
}

}  // namespace orthanc_runtime
