// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker/msgpack_reader.h"

#include "bindings/owned.h"
#include "dispatch/msgpack_parser.h"
#include "worker/nesting.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

Py_ssize_t size_of(std::string_view content) { return static_cast<Py_ssize_t>(content.size()); }

struct PythonValues {
  using Value = py::object;
  static constexpr size_t kMaximumNesting = Nesting::kMaximum;

  static Value nil() { return py::none(); }
  static Value boolean(bool value) { return py::bool_(value); }
  static Value number(int64_t value) { return owned(PyLong_FromLongLong(value)); }
  static Value number(uint64_t value) { return owned(PyLong_FromUnsignedLongLong(value)); }
  static Value real(double value) { return owned(PyFloat_FromDouble(value)); }
  static Value text(std::string_view text) {
    return owned(PyUnicode_DecodeUTF8(text.data(), size_of(text), "surrogateescape"));
  }
  static Value binary(std::string_view data) {
    return owned(PyBytes_FromStringAndSize(data.data(), size_of(data)));
  }
  static Value list(size_t size) { return owned(PyList_New(static_cast<Py_ssize_t>(size))); }
  static void put(const Value& list, size_t index, Value element) {
    PyList_SET_ITEM(list.ptr(), static_cast<Py_ssize_t>(index), element.release().ptr());
  }
  static Value map() { return owned(PyDict_New()); }
  static bool put(const Value& map, const Value& key, const Value& entry) {
    if (PyDict_SetItem(map.ptr(), key.ptr(), entry.ptr()) != 0) {
      PyErr_Clear();
      return false;
    }
    return true;
  }
};

}  // namespace

py::object read_msgpack(std::string_view packed) {
  return MsgpackParser<PythonValues>::parse(packed);
}

}  // namespace orthanc_runtime
