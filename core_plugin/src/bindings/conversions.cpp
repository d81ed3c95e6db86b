// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/conversions.h"

#include <cstring>
#include <map>
#include <string>

#include "dispatch/huge_pages.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

constexpr std::uint64_t kCopyWithoutGil = std::uint64_t{256} * 1024;

// never destroyed: at exit there may be no interpreter left to give references back to
std::map<std::string, py::dict, std::less<>>& enumerations() {
  static auto* const tables = new std::map<std::string, py::dict, std::less<>>();
  return *tables;
}

}  // namespace

py::object copy_string(const char* text) {
  if (text == nullptr) {
    return py::none();
  }
  PyObject* const decoded =
      PyUnicode_DecodeUTF8(text, static_cast<Py_ssize_t>(std::strlen(text)), "surrogateescape");
  if (decoded == nullptr) {
    throw py::error_already_set();
  }
  return py::reinterpret_steal<py::object>(decoded);
}

py::object take_string(char* text) {
  if (text == nullptr) {
    throw_sdk_error(OrthancPluginErrorCode_InternalError);
  }
  struct Owner {
    char* text;
    ~Owner() { OrthancPluginFreeString(sdk(), text); }
  } const owner{text};
  return copy_string(text);
}

py::object enum_member(const char* enumeration, std::int64_t value) {
  py::object number = py::int_(value);
  const auto table = enumerations().find(enumeration);
  if (table == enumerations().end()) {
    return number;
  }
  PyObject* const member = PyDict_GetItemWithError(table->second.ptr(), number.ptr());
  if (member == nullptr) {
    return number;
  }
  return py::reinterpret_borrow<py::object>(member);
}

void add_enumerations(py::module_& module) {
  const auto sdk_module = py::module_::import("orthanc_runtime.sdk");
  for (const py::handle enumeration : sdk_module.attr("ENUMERATIONS")) {
    const auto name = enumeration.attr("__name__").cast<std::string>();
    enumerations()[name] = enumeration.attr("_value2member_map_").cast<py::dict>();
    module.attr(name.c_str()) = enumeration;
  }
}

MemoryBuffer::~MemoryBuffer() {
  if (buffer_.data != nullptr) {
    OrthancPluginFreeMemoryBuffer(sdk(), &buffer_);
  }
}

py::bytes MemoryBuffer::to_bytes() const { return copy_bytes(buffer_.data, buffer_.size); }

py::object MemoryBuffer::to_headers() const {
  if (buffer_.size == 0) {
    return py::dict();
  }
  return py::module_::import("json").attr("loads")(to_bytes());
}

void copy_memory(void* target, const void* source, std::uint64_t size) {
  if (size >= kCopyWithoutGil) {
    const GilRelease released;
    std::memcpy(target, source, size);
  } else if (size > 0) {
    std::memcpy(target, source, size);
  }
}

py::bytes copy_bytes(const void* data, std::uint64_t size) {
  PyObject* const bytes = PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(size));
  if (bytes == nullptr) {
    throw py::error_already_set();
  }
  prefer_huge_pages(PyBytes_AS_STRING(bytes), size);
  copy_memory(PyBytes_AS_STRING(bytes), data, size);
  return py::reinterpret_steal<py::bytes>(bytes);
}

}  // namespace orthanc_runtime
