// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/plain_opcodes.h"

#include <cstdint>
#include <cstring>
#include <limits>

#include "bindings/owned.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

constexpr Py_ssize_t kShort = 4096;  // _IN_BAND

constexpr char kNone = 'N';
constexpr char kTrue = '\x88';
constexpr char kFalse = '\x89';
constexpr char kInt = 'J';         // four bytes
constexpr char kLong = '\x8a';     // as many bytes as the next one says
constexpr char kFloat = 'G';       // eight bytes, big endian
constexpr char kShortBytes = 'C';  // the next byte is their number
constexpr char kBytes = 'B';       // the next four are
constexpr char kShortText = '\x8c';
constexpr char kText = 'X';

template <class Integer>
void append(std::string& into, Integer value) {
  into.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_sized(std::string& into, char short_code, char code, const char* data, size_t size) {
  if (size <= std::numeric_limits<uint8_t>::max()) {
    into += short_code;
    append(into, static_cast<uint8_t>(size));
  } else {
    into += code;
    append(into, static_cast<uint32_t>(size));
  }
  into.append(data, size);
}

bool append_integer(std::string& into, PyObject* value) {
  int overflow = 0;
  const int64_t number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow != 0) {
    return false;
  }
  if (number == static_cast<int32_t>(number)) {
    into += kInt;
    append(into, static_cast<int32_t>(number));
  } else {
    into += kLong;
    append(into, static_cast<uint8_t>(sizeof number));
    append(into, number);
  }
  return true;
}

bool append_text(std::string& into, PyObject* value) {
  Py_ssize_t size = 0;
  const char* const text = PyUnicode_AsUTF8AndSize(value, &size);
  if (text == nullptr) {  // a lone surrogate
    PyErr_Clear();
    return false;
  }
  append_sized(into, kShortText, kText, text, static_cast<size_t>(size));
  return true;
}

uint64_t reversed(double value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return __builtin_bswap64(bits);
}

template <class Integer>
bool take(std::string_view& from, Integer& value) {
  if (from.size() < sizeof value) {
    return false;
  }
  std::memcpy(&value, from.data(), sizeof value);
  from.remove_prefix(sizeof value);
  return true;
}

template <class Size>
bool take_sized(std::string_view& from, std::string_view& content) {
  Size size = 0;
  if (!take(from, size) || from.size() < size) {
    return false;
  }
  content = from.substr(0, size);
  from.remove_prefix(size);
  return true;
}

py::object bytes(std::string_view content) {
  return owned(PyBytes_FromStringAndSize(content.data(), static_cast<Py_ssize_t>(content.size())));
}

py::object text(std::string_view content) {
  return owned(
      PyUnicode_DecodeUTF8(content.data(), static_cast<Py_ssize_t>(content.size()), nullptr));
}

}  // namespace

bool write_plain(std::string& into, PyObject* value) {
  if (value == Py_None) {
    into += kNone;
  } else if (PyBool_Check(value)) {
    into += value == Py_True ? kTrue : kFalse;
  } else if (PyLong_CheckExact(value)) {
    return append_integer(into, value);
  } else if (PyFloat_CheckExact(value)) {
    into += kFloat;
    append(into, reversed(PyFloat_AS_DOUBLE(value)));
  } else if (PyBytes_CheckExact(value) && PyBytes_GET_SIZE(value) < kShort) {
    append_sized(into, kShortBytes, kBytes, PyBytes_AS_STRING(value),
                 static_cast<size_t>(PyBytes_GET_SIZE(value)));
  } else if (PyUnicode_CheckExact(value) && PyUnicode_GET_LENGTH(value) < kShort) {
    return append_text(into, value);
  } else {
    return false;
  }
  return true;
}

py::object read_plain(std::string_view& from) {
  char code = 0;
  std::string_view content;
  if (!take(from, code)) {
    return {};
  }
  switch (code) {
    case kNone:
      return py::none();
    case kTrue:
      return py::bool_(true);
    case kFalse:
      return py::bool_(false);
    case kInt: {
      int32_t number = 0;
      return take(from, number) ? owned(PyLong_FromLong(number)) : py::object();
    }
    case kLong: {
      uint8_t size = 0;
      int64_t number = 0;
      const bool is_ours = take(from, size) && size == sizeof number && take(from, number);
      return is_ours ? owned(PyLong_FromLongLong(number)) : py::object();
    }
    case kFloat: {
      double number = 0;
      if (!take(from, number)) {
        return {};
      }
      const uint64_t bits = reversed(number);
      std::memcpy(&number, &bits, sizeof number);
      return owned(PyFloat_FromDouble(number));
    }
    case kShortBytes:
      return take_sized<uint8_t>(from, content) ? bytes(content) : py::object();
    case kBytes:
      return take_sized<uint32_t>(from, content) ? bytes(content) : py::object();
    case kShortText:
      return take_sized<uint8_t>(from, content) ? text(content) : py::object();
    case kText:
      return take_sized<uint32_t>(from, content) ? text(content) : py::object();
    default:
      return {};
  }
}

}  // namespace orthanc_runtime
