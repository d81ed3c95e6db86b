// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/plain_pickle.h"

#include <cstdint>
#include <cstring>

#include "bindings/owned.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

constexpr Py_ssize_t kShort = 4096;  // _IN_BAND

/// In little endian, like all of these machines.
struct Prefix {
  uint32_t format;
  uint32_t buffers;
  uint64_t pickle;
};
static_assert(sizeof(Prefix) == 16);

}  // namespace

PlainPickle::PlainPickle()
    : dumps_(py::module_::import("pickle").attr("dumps")),
      loads_(py::module_::import("pickle").attr("loads")),
      protocol_(py::int_(5)) {}

bool PlainPickle::takes(PyObject* value) {
  if (PyBytes_CheckExact(value)) {
    return PyBytes_GET_SIZE(value) < kShort;
  }
  if (PyUnicode_CheckExact(value)) {
    return PyUnicode_GET_LENGTH(value) < kShort;
  }
  return value == Py_None || PyBool_Check(value) || PyLong_CheckExact(value) ||
         PyFloat_CheckExact(value);
}

py::bytes PlainPickle::dump(PyObject* value) const {
  PyObject* const arguments[] = {value, protocol_.ptr()};
  const py::object packed = owned(PyObject_Vectorcall(dumps_.ptr(), arguments, 2, nullptr));
  const auto size = static_cast<size_t>(PyBytes_GET_SIZE(packed.ptr()));
  const Prefix prefix{kCallFormat, 0, size};
  py::object body =
      owned(PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(sizeof prefix + size)));
  char* const into = PyBytes_AS_STRING(body.ptr());
  std::memcpy(into, &prefix, sizeof prefix);
  std::memcpy(into + sizeof prefix, PyBytes_AS_STRING(packed.ptr()), size);
  return py::reinterpret_steal<py::bytes>(body.release());
}

py::bytes PlainPickle::dump_call(PyObject* arguments) const {
  const py::object keywords = owned(PyDict_New());
  const py::object call = owned(PyTuple_Pack(2, arguments, keywords.ptr()));
  return dump(call.ptr());
}

py::object PlainPickle::load(std::string_view body, const char* what) const {
  Prefix prefix{};
  if (body.size() < sizeof prefix) {
    return {};
  }
  std::memcpy(&prefix, body.data(), sizeof prefix);
  body.remove_prefix(sizeof prefix);
  if (prefix.format != kCallFormat || prefix.buffers != 0 || prefix.pickle != body.size()) {
    return {};
  }
  const py::object view = owned(PyMemoryView_FromMemory(
      const_cast<char*>(body.data()), static_cast<Py_ssize_t>(body.size()), PyBUF_READ));
  PyObject* const loaded = PyObject_CallOneArg(loads_.ptr(), view.ptr());
  if (loaded != nullptr) {
    return py::reinterpret_steal<py::object>(loaded);
  }
  const py::error_already_set error;
  py::module_::import("orthanc_runtime.payload").attr("refuse")(what, error.value());
  throw std::logic_error("what cannot be unpickled was not refused");
}

}  // namespace orthanc_runtime
