// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/plain_pickle.h"

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "bindings/owned.h"
#include "bindings/plain_opcodes.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

constexpr size_t kUsual = 128;

/// In little endian, like all of these machines.
struct Prefix {
  uint32_t format;
  uint32_t buffers;
  uint64_t pickle;
};
static_assert(sizeof(Prefix) == 16);

/// A body without its pickle.
std::string begin_body() {
  std::string body;
  body.reserve(kUsual);
  body.append(sizeof(Prefix), '\0');
  body += opcode::kBegin;
  return body;
}

void fill_prefix(std::string& body) {
  const Prefix prefix{kCallFormat, 0, body.size() - sizeof(Prefix)};
  std::memcpy(body.data(), &prefix, sizeof prefix);
}

/// The pickle of a body; nothing where there is more in it.
std::optional<std::string_view> pickle_in(std::string_view body) {
  Prefix prefix{};
  if (body.size() < sizeof prefix) {
    return std::nullopt;
  }
  std::memcpy(&prefix, body.data(), sizeof prefix);
  body.remove_prefix(sizeof prefix);
  if (prefix.format != kCallFormat || prefix.buffers != 0 || prefix.pickle != body.size()) {
    return std::nullopt;
  }
  return body;
}

bool skip(std::string_view& from, std::string_view expected) {
  if (from.substr(0, expected.size()) != expected) {
    return false;
  }
  from.remove_prefix(expected.size());
  return true;
}

}  // namespace

PlainPickle::PlainPickle() : loads_(py::module_::import("pickle").attr("loads")) {}

py::object PlainPickle::dump(PyObject* value) {
  std::string body = begin_body();
  if (!write_plain(body, value)) {
    return {};
  }
  body += opcode::kEnd;
  fill_prefix(body);
  return owned(PyBytes_FromStringAndSize(body.data(), static_cast<Py_ssize_t>(body.size())));
}

std::optional<std::string> PlainPickle::dump_call(PyObject* arguments) {
  std::string body = begin_body();
  body += opcode::kMark;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(arguments); ++i) {
    if (!write_plain(body, PyTuple_GET_ITEM(arguments, i))) {
      return std::nullopt;
    }
  }
  body += opcode::kCall;
  fill_prefix(body);
  return body;
}

py::object PlainPickle::load_arguments(std::string_view body) {
  auto pickle = pickle_in(body);
  if (!pickle || !skip(*pickle, opcode::kBegin) || !skip(*pickle, {&opcode::kMark, 1})) {
    return {};
  }
  std::vector<py::object> values;
  while (*pickle != opcode::kCall) {
    py::object value = read_plain(*pickle);
    if (!value) {
      return {};
    }
    values.push_back(std::move(value));
  }
  py::object arguments = owned(PyTuple_New(static_cast<Py_ssize_t>(values.size())));
  for (size_t i = 0; i < values.size(); ++i) {
    PyTuple_SET_ITEM(arguments.ptr(), static_cast<Py_ssize_t>(i), values[i].release().ptr());
  }
  return arguments;
}

py::object PlainPickle::load(std::string_view body, const char* what) const {
  const auto pickle = pickle_in(body);
  if (!pickle) {
    return {};
  }
  std::string_view rest = *pickle;
  if (skip(rest, opcode::kBegin)) {
    py::object value = read_plain(rest);
    if (value && rest == std::string_view(&opcode::kEnd, 1)) {
      return value;
    }
  }
  const py::object view = owned(PyMemoryView_FromMemory(
      const_cast<char*>(pickle->data()), static_cast<Py_ssize_t>(pickle->size()), PyBUF_READ));
  PyObject* const loaded = PyObject_CallOneArg(loads_.ptr(), view.ptr());
  if (loaded != nullptr) {
    return py::reinterpret_steal<py::object>(loaded);
  }
  const py::error_already_set error;
  py::module_::import("orthanc_runtime.payload").attr("refuse")(what, error.value());
  throw std::logic_error("what cannot be unpickled was not refused");
}

}  // namespace orthanc_runtime
