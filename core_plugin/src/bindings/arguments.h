// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What Python passes to an SDK call: checked, and kept alive until the call has returned.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace orthanc_runtime {

namespace py = pybind11;

/// A str, as a C string. NUL inside is refused, SDK functions would cut the string there.
class Text {
 public:
  static bool accepts(py::handle source) { return PyUnicode_Check(source.ptr()) != 0; }
  static constexpr auto type_name = py::detail::const_name("str");

  explicit Text(py::handle source);
  const char* c_str() const { return text_; }

 private:
  py::object owner_;
  const char* text_;
};

/// A text that becomes a part of an HTTP header; what comes after a line break would be another.
class HeaderText : public Text {
 public:
  explicit HeaderText(py::handle source);
};

/// The bytes of a str (as UTF-8) or of any object with a contiguous buffer.
class BytesView {
 public:
  static bool accepts(py::handle source);
  static constexpr auto type_name = py::detail::const_name("str | Buffer");

  BytesView(py::handle source, std::uint64_t limit);
  ~BytesView();
  BytesView(const BytesView&) = delete;
  BytesView& operator=(const BytesView&) = delete;

  const void* data() const { return data_; }
  const char* chars() const { return static_cast<const char*>(data_); }
  std::uint64_t length() const { return length_; }
  /// An object that keeps these bytes, which nobody can change; null when there is none.
  py::object immutable_owner() const { return immutable_ ? owner_ : py::object(); }

 private:
  void view_text(py::handle source);
  void view_buffer(py::handle source);

  py::object owner_;
  std::optional<Py_buffer> buffer_;
  const void* data_ = "";
  std::uint64_t length_ = 0;
  bool immutable_ = false;
};

/// Bytes for a function whose size parameter has this type.
template <typename Size>
class Bytes : public BytesView {
 public:
  explicit Bytes(py::handle source) : BytesView(source, std::numeric_limits<Size>::max()) {}
  Size size() const { return static_cast<Size>(length()); }
};

using Bytes32 = Bytes<std::uint32_t>;
using Bytes64 = Bytes<std::uint64_t>;

/// An int between two bounds; OverflowError outside of them.
std::int64_t to_signed(py::handle source, std::int64_t least, std::int64_t greatest);
std::uint64_t to_unsigned(py::handle source, std::uint64_t greatest);

/// Raises ValueError unless these pixels hold an image of this size, as the SDK assumes.
void require_pixels(const BytesView& pixels, std::int32_t format, std::uint64_t width,
                    std::uint64_t height, std::uint64_t pitch);

/// A mapping of str to str, as the three parameters that the SDK uses for HTTP headers.
class HttpHeaders {
 public:
  static bool accepts(py::handle source);
  static constexpr auto type_name = py::detail::const_name("Mapping[str, str] | None");

  explicit HttpHeaders(py::handle source);
  std::uint32_t count() const { return static_cast<std::uint32_t>(keys_.size()); }
  const char* const* keys() const { return keys_.data(); }
  const char* const* values() const { return values_.data(); }

 private:
  const char* keep(py::handle source);

  std::vector<HeaderText> texts_;
  std::vector<const char*> keys_;
  std::vector<const char*> values_;
};

/// The same, or None.
class OptionalText {
 public:
  static bool accepts(py::handle source) { return source.is_none() || Text::accepts(source); }
  static constexpr auto type_name = py::detail::const_name("str | None");

  explicit OptionalText(py::handle source) {
    if (!source.is_none()) {
      text_.emplace(source);
    }
  }
  const char* c_str() const { return text_ ? text_->c_str() : nullptr; }

 private:
  std::optional<Text> text_;
};

template <typename Size>
class OptionalBytes {
 public:
  static bool accepts(py::handle source) { return source.is_none() || BytesView::accepts(source); }
  static constexpr auto type_name = py::detail::const_name("str | Buffer | None");

  /// None is an empty body, not a null pointer
  explicit OptionalBytes(py::handle source)
      : bytes_(source.is_none() ? py::handle(py::bytes()) : source) {}
  const void* data() const { return bytes_.data(); }
  const char* chars() const { return bytes_.chars(); }
  Size size() const { return bytes_.size(); }
  py::object immutable_owner() const { return bytes_.immutable_owner(); }

 private:
  Bytes<Size> bytes_;
};

using OptionalBytes32 = OptionalBytes<std::uint32_t>;
using OptionalBytes64 = OptionalBytes<std::uint64_t>;

/// An int, or what has __index__, in the range of a C type; OverflowError outside of it. A float
/// is none.
template <typename Type>
class Integer {
 public:
  static bool accepts(py::handle source) { return PyIndex_Check(source.ptr()) != 0; }
  static constexpr auto type_name = py::detail::const_name("int");

  explicit Integer(py::handle source)
      : value_(static_cast<Type>(std::is_signed_v<Type>
                                     ? to_signed(source, std::numeric_limits<Type>::min(),
                                                 std::numeric_limits<Type>::max())
                                     : static_cast<std::int64_t>(to_unsigned(
                                           source, std::numeric_limits<Type>::max())))) {}
  Type value() const { return value_; }

 private:
  Type value_;
};

/// A type that is not accepted leads to the TypeError of wrong_calls.cpp, a bad value raises from
/// the constructor.
template <typename Argument>
class ArgumentCaster {
 public:
  static constexpr auto name = Argument::type_name;
  template <typename>
  using cast_op_type = const Argument&;

  bool load(py::handle source, bool /*convert*/) {
    if (!Argument::accepts(source)) {
      return false;
    }
    value_.emplace(source);
    return true;
  }
  explicit operator const Argument&() { return *value_; }

 private:
  std::optional<Argument> value_;
};

}  // namespace orthanc_runtime

namespace pybind11::detail {

template <>
struct type_caster<orthanc_runtime::Text> : orthanc_runtime::ArgumentCaster<orthanc_runtime::Text> {
};
template <>
struct type_caster<orthanc_runtime::HeaderText>
    : orthanc_runtime::ArgumentCaster<orthanc_runtime::HeaderText> {};
template <>
struct type_caster<orthanc_runtime::OptionalText>
    : orthanc_runtime::ArgumentCaster<orthanc_runtime::OptionalText> {};
template <typename Size>
struct type_caster<orthanc_runtime::Bytes<Size>>
    : orthanc_runtime::ArgumentCaster<orthanc_runtime::Bytes<Size>> {};
template <typename Size>
struct type_caster<orthanc_runtime::OptionalBytes<Size>>
    : orthanc_runtime::ArgumentCaster<orthanc_runtime::OptionalBytes<Size>> {};
template <typename Type>
struct type_caster<orthanc_runtime::Integer<Type>>
    : orthanc_runtime::ArgumentCaster<orthanc_runtime::Integer<Type>> {};
template <>
struct type_caster<orthanc_runtime::HttpHeaders>
    : orthanc_runtime::ArgumentCaster<orthanc_runtime::HttpHeaders> {};

}  // namespace pybind11::detail
