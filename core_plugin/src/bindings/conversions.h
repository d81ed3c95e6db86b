// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the generated bindings are made of: the call itself, and what comes back from it.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <utility>

#include "bindings/arguments.h"
#include "bindings/gil.h"
#include "errors.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace py = pybind11;

/// Runs one SDK call without the GIL. Raises OrthancException after the end of a stop.
template <typename Call>
auto call_sdk(Call&& call) {
  const SdkCall under_way;
  if (under_way.refused()) {
    throw_sdk_error(OrthancPluginErrorCode_BadSequenceOfCalls, "Orthanc has stopped");
  }
  const GilRelease released;
  return std::forward<Call>(call)();
}

template <typename Number>
py::int_ to_int(Number value) {
  return py::int_(value);
}
template <typename Number>
py::bool_ to_bool(Number value) {
  return py::bool_(value != 0);
}

/// A string that stays the SDK's; null becomes None. Bytes that are no UTF-8 become surrogates.
py::object copy_string(const char* text);
/// A string that the SDK has allocated for us; null is an error.
py::object take_string(char* text);

/// The member of an enumeration of the SDK; a plain int when a newer Orthanc has brought the value.
py::object enum_member(const char* enumeration, std::int64_t value);
/// Makes the classes of orthanc_runtime.sdk known to enum_member, and adds them to the module.
void add_enumerations(py::module_& module);

/// Memory that the SDK allocates for an answer.
class MemoryBuffer {
 public:
  MemoryBuffer() = default;
  ~MemoryBuffer();
  MemoryBuffer(const MemoryBuffer&) = delete;
  MemoryBuffer& operator=(const MemoryBuffer&) = delete;

  OrthancPluginMemoryBuffer* out() { return &buffer_; }
  py::bytes to_bytes() const;
  /// HTTP headers come as a JSON object
  py::object to_headers() const;

 private:
  OrthancPluginMemoryBuffer buffer_{nullptr, 0};
};

/// memcpy, without the GIL when it is large.
void copy_memory(void* target, const void* source, std::uint64_t size);

/// A copy, made without the GIL when it is large.
py::bytes copy_bytes(const void* data, std::uint64_t size);

}  // namespace orthanc_runtime
