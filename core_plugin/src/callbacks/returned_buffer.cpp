// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/returned_buffer.h"

#include <cstdint>
#include <string>

#include "bindings/conversions.h"

namespace orthanc_runtime {

void require_buffer(py::handle returned, const char* who) {
  if (PyObject_CheckBuffer(returned.ptr()) == 0) {
    throw py::type_error(std::string(who) + " must return bytes or another buffer, not " +
                         Py_TYPE(returned.ptr())->tp_name);
  }
}

void return_buffer(py::handle returned, OrthancPluginMemoryBuffer64* target, const char* who) {
  require_buffer(returned, who);
  const Bytes64 bytes(returned);
  check(OrthancPluginCreateMemoryBuffer64(sdk(), target, bytes.size()));
  copy_memory(target->data, bytes.data(), bytes.length());
}

void return_buffer(py::handle returned, OrthancPluginMemoryBuffer* target, const char* who) {
  require_buffer(returned, who);
  const Bytes32 bytes(returned);
  check(OrthancPluginCreateMemoryBuffer(sdk(), target, bytes.size()));
  copy_memory(target->data, bytes.data(), bytes.length());
}

void fill_buffer(py::handle returned, OrthancPluginMemoryBuffer64* target, const char* who) {
  require_buffer(returned, who);
  const Bytes64 bytes(returned);
  if (bytes.length() != target->size) {
    throw py::value_error(std::string(who) + " returned " + std::to_string(bytes.length()) +
                          " bytes where Orthanc asked for " + std::to_string(target->size));
  }
  copy_memory(target->data, bytes.data(), bytes.length());
}

}  // namespace orthanc_runtime
