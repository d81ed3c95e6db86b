// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The arguments of a CALL, one class for each kind, with the members that the generated executors
// share with the bindings. A worker is not trusted: each takes what comes next and throws
// ProtocolError where that is of another kind, out of range, or cut short.
#pragma once

#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "dispatch/call_results.h"
#include "dispatch/handles.h"
#include "dispatch/host.h"

namespace orthanc_runtime::calls {

/// An object of the worker, for one call at a time.
class ObjectInUse {
 public:
  ObjectInUse() = default;
  /// Throws Failure where another call does not end.
  explicit ObjectInUse(std::shared_ptr<HeldObject> held);
  /// One that is lent to the task, which has but one way to call with it.
  explicit ObjectInUse(void* lent) : lent_(lent) {}
  void* get() const { return held_ ? held_->object.get() : lent_; }

 private:
  void* lent_ = nullptr;
  std::shared_ptr<HeldObject> held_;
  std::unique_lock<std::recursive_timed_mutex> lock_;
};

/// Head `[function, arguments...]`; bytes are a length in the head, and follow each other in the
/// body.
class Arguments {
 public:
  Arguments(const CallOrigin& origin, const Json& head, std::string_view body);

  const Json& next();
  std::string_view next_bytes(uint64_t limit);
  ObjectInUse next_object(const void* type);
  bool next_is_nil() const;

  /// There is nothing left.
  void end() const;

  [[noreturn]] void refuse(const std::string& why) const;

  const CallOrigin& origin() const { return origin_; }

 private:
  ObjectInUse next_lent(const void* type, uint64_t number) const;

  const CallOrigin& origin_;
  const Json& head_;
  size_t at_ = 1;
  std::string_view body_;
};

/// A string without NUL.
class Text {
 public:
  explicit Text(Arguments& arguments);
  const char* c_str() const { return text_; }

 private:
  const char* text_;
};

/// The same, or nil.
class OptionalText {
 public:
  explicit OptionalText(Arguments& arguments);
  const char* c_str() const { return text_; }

 private:
  const char* text_;
};

template <typename Size>
class Bytes {
 public:
  explicit Bytes(Arguments& arguments)
      : bytes_(arguments.next_bytes(std::numeric_limits<Size>::max())) {}
  const void* data() const { return bytes_.data(); }
  const char* chars() const { return bytes_.data(); }
  Size size() const { return static_cast<Size>(bytes_.size()); }

 private:
  std::string_view bytes_;
};

using Bytes32 = Bytes<uint32_t>;
using Bytes64 = Bytes<uint64_t>;
// None is an empty body, as in the bindings.
using OptionalBytes32 = Bytes32;
using OptionalBytes64 = Bytes64;

int64_t to_signed(Arguments& arguments, int64_t least, int64_t greatest);
uint64_t to_unsigned(Arguments& arguments, uint64_t greatest);

template <typename Type>
class Integer {
 public:
  explicit Integer(Arguments& arguments) {
    if constexpr (std::is_signed_v<Type>) {
      value_ = static_cast<Type>(
          to_signed(arguments, std::numeric_limits<Type>::min(), std::numeric_limits<Type>::max()));
    } else {
      value_ = static_cast<Type>(to_unsigned(arguments, std::numeric_limits<Type>::max()));
    }
  }
  Type value() const { return value_; }

 private:
  Type value_;
};

float to_float(Arguments& arguments);

/// A map of strings, or nil, as the three parameters that the SDK uses for HTTP headers.
class HttpHeaders {
 public:
  explicit HttpHeaders(Arguments& arguments);
  uint32_t count() const { return static_cast<uint32_t>(keys_.size()); }
  const char* const* keys() const { return keys_.data(); }
  const char* const* values() const { return values_.data(); }

 private:
  std::vector<const char*> keys_;
  std::vector<const char*> values_;
};

/// The number of an object that this worker holds. Throws Failure where it is gone.
template <typename Handle>
class SdkObject {
 public:
  explicit SdkObject(Arguments& arguments) : object_(arguments.next_object(&kTypeOf<Handle>)) {}
  Handle* get() const { return static_cast<Handle*>(object_.get()); }

 private:
  ObjectInUse object_;
};

template <typename Handle>
class OptionalObject {
 public:
  explicit OptionalObject(Arguments& arguments) {
    if (arguments.next_is_nil()) {
      arguments.next();
    } else {
      object_ = arguments.next_object(&kTypeOf<Handle>);
    }
  }
  Handle* get() const { return static_cast<Handle*>(object_.get()); }

 private:
  ObjectInUse object_;
};

/// As the bindings have it; here the object is held by itself.
template <typename Handle>
class Use {
 public:
  template <typename Object>
  explicit Use(const Object& object) : handle_(object.get()) {}
  Handle* get() const { return handle_; }

 private:
  Handle* const handle_;
};

/// Throws BadValue unless these pixels hold an image of this size, as the SDK assumes.
void require_pixels(const Bytes64& pixels, int32_t format, uint64_t width, uint64_t height,
                    uint64_t pitch);

}  // namespace orthanc_runtime::calls
