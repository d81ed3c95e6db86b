// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a CALL gives back, with the names that the generated executors share with the bindings.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "dispatch/host.h"
#include "sdk.h"

namespace orthanc_runtime::calls {

/// Becomes OrthancException in the worker.
class Failure : public std::runtime_error {
 public:
  explicit Failure(OrthancPluginErrorCode code);
  Failure(OrthancPluginErrorCode code, const std::string& description)
      : std::runtime_error(description), code_(code) {}
  OrthancPluginErrorCode code() const { return code_; }

 private:
  OrthancPluginErrorCode code_;
};

/// Becomes ValueError in the worker.
class BadValue : public Failure {
 public:
  explicit BadValue(const std::string& description)
      : Failure(static_cast<OrthancPluginErrorCode>(kBadValue), description) {}
};

/// Throws unless the code says success.
inline void check(OrthancPluginErrorCode code) {
  if (code != OrthancPluginErrorCode_Success) {
    throw Failure(code);
  }
}

/// Runs one SDK call. Throws Failure after the end of a stop.
template <typename Call>
auto call_sdk(Call&& call) {
  const SdkCall under_way;
  if (under_way.refused()) {
    throw Failure(OrthancPluginErrorCode_BadSequenceOfCalls, "Orthanc has stopped");
  }
  return std::forward<Call>(call)();
}

/// One value: in the head of the REPLY, or, where it may be large, in its body, and `true` in the
/// head. Objects become numbers once the reply is made.
struct Output {
  Json value;
  bool large = false;
  std::shared_ptr<const void> owner;
  std::string_view bytes;
  std::shared_ptr<void> object;
  const void* type = nullptr;
};

/// The address of this tells classes of handles apart.
template <typename Handle>
inline constexpr char kTypeOf = 0;

Output copy_string(const char* text);
/// Of the SDK, freed once it is sent. Null is an error.
Output take_string(char* text);
Output enum_member(const char* enumeration, int64_t value);

template <typename Number>
Output to_int(Number value) {
  Output output;
  output.value = value;
  return output;
}

template <typename Number>
Output to_bool(Number value) {
  return to_int(value != 0);
}

inline Output nothing() { return {}; }

/// Null is an error.
template <typename Handle>
Output take_object(Handle* handle, void (*free)(OrthancPluginContext*, Handle*)) {
  if (handle == nullptr) {
    throw Failure(OrthancPluginErrorCode_InternalError);
  }
  Output output;
  output.object = std::shared_ptr<void>(handle, [free](void* object) {
    if (sdk() != nullptr) {
      free(sdk(), static_cast<Handle*>(object));
    }
  });
  output.type = &kTypeOf<Handle>;
  return output;
}

/// Memory that the SDK allocates for an answer, freed once it is sent.
class MemoryBuffer {
 public:
  MemoryBuffer() = default;
  ~MemoryBuffer();
  MemoryBuffer(const MemoryBuffer&) = delete;
  MemoryBuffer& operator=(const MemoryBuffer&) = delete;

  OrthancPluginMemoryBuffer* out() { return &buffer_; }
  Output to_bytes();
  /// In the head.
  Output to_text();
  /// Their JSON text.
  Output to_headers() { return to_text(); }

 private:
  OrthancPluginMemoryBuffer buffer_{nullptr, 0};
};

CallReply make_reply(const CallOrigin& origin, Output* outputs, size_t count);
CallReply make_reply(const Failure& failure);

/// Nil, one value, or a list of them. Throws Failure where the worker holds too many objects.
template <typename... Outputs>
CallReply reply(const CallOrigin& origin, Outputs&&... outputs) {
  if constexpr (sizeof...(Outputs) == 0) {
    return make_reply(origin, nullptr, 0);
  } else {
    Output list[] = {std::forward<Outputs>(outputs)...};
    return make_reply(origin, list, sizeof...(Outputs));
  }
}

}  // namespace orthanc_runtime::calls
