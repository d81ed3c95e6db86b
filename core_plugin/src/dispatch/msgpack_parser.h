// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// MessagePack of the heads of frames, without its extension types.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "dispatch/frame.h"

namespace orthanc_runtime {

/// `Values` says what the values become, and how deep they may be nested: each level takes of the C
/// stack.
template <class Values>
class MsgpackParser {
 public:
  using Value = typename Values::Value;

  /// The one value that `packed` is. Throws ProtocolError, and what Values throws.
  static Value parse(std::string_view packed) {
    MsgpackParser parser(packed);
    Value value = parser.value();
    if (parser.left() != 0) {
      fail("more than one value");
    }
    return value;
  }

 private:
  explicit MsgpackParser(std::string_view packed)
      : at_(reinterpret_cast<const uint8_t*>(packed.data())), end_(at_ + packed.size()) {}

  Value value() {
    const uint8_t tag = *bytes(1);
    if (tag < 0x80) {
      return Values::number(uint64_t{tag});
    }
    if (tag < 0x90) {
      return map(tag & 0x0FU);
    }
    if (tag < 0xA0) {
      return array(tag & 0x0FU);
    }
    if (tag < 0xC0) {
      return Values::text(content(tag & 0x1FU));
    }
    if (tag >= 0xE0) {
      return Values::number(int64_t{static_cast<int8_t>(tag)});
    }
    switch (tag) {
      case 0xC0:
        return Values::nil();
      case 0xC2:
        return Values::boolean(false);
      case 0xC3:
        return Values::boolean(true);
      case 0xC4:
        return Values::binary(content(digits<uint8_t>()));
      case 0xC5:
        return Values::binary(content(digits<uint16_t>()));
      case 0xC6:
        return Values::binary(content(digits<uint32_t>()));
      case 0xCA:
        return Values::real(real<float>(digits<uint32_t>()));
      case 0xCB:
        return Values::real(real<double>(digits<uint64_t>()));
      case 0xCC:
        return Values::number(uint64_t{digits<uint8_t>()});
      case 0xCD:
        return Values::number(uint64_t{digits<uint16_t>()});
      case 0xCE:
        return Values::number(uint64_t{digits<uint32_t>()});
      case 0xCF:
        return Values::number(digits<uint64_t>());
      case 0xD0:
        return Values::number(int64_t{static_cast<int8_t>(digits<uint8_t>())});
      case 0xD1:
        return Values::number(int64_t{static_cast<int16_t>(digits<uint16_t>())});
      case 0xD2:
        return Values::number(int64_t{static_cast<int32_t>(digits<uint32_t>())});
      case 0xD3:
        return Values::number(static_cast<int64_t>(digits<uint64_t>()));
      case 0xD9:
        return Values::text(content(digits<uint8_t>()));
      case 0xDA:
        return Values::text(content(digits<uint16_t>()));
      case 0xDB:
        return Values::text(content(digits<uint32_t>()));
      case 0xDC:
        return array(digits<uint16_t>());
      case 0xDD:
        return array(digits<uint32_t>());
      case 0xDE:
        return map(digits<uint16_t>());
      case 0xDF:
        return map(digits<uint32_t>());
      default:
        fail("a type that frames do not have");
    }
  }

  [[noreturn]] static void fail(const std::string& why) {
    throw ProtocolError("frame head is not MessagePack: " + why);
  }

  size_t left() const { return static_cast<size_t>(end_ - at_); }

  const uint8_t* bytes(size_t size) {
    if (left() < size) {
      fail("it ends within a value");
    }
    const uint8_t* const begin = at_;
    at_ += size;
    return begin;
  }

  std::string_view content(size_t size) {
    return {reinterpret_cast<const char*>(bytes(size)), size};
  }

  template <class Unsigned>
  Unsigned digits() {
    const uint8_t* const digits = bytes(sizeof(Unsigned));
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(Unsigned); ++i) {
      value = value << 8U | digits[i];
    }
    return static_cast<Unsigned>(value);
  }

  template <class Real, class Bits>
  static double real(Bits bits) {
    Real value{};
    static_assert(sizeof value == sizeof bits);
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  void enter() {
    if (++levels_ > Values::kMaximumNesting) {
      fail("nested deeper than " + std::to_string(Values::kMaximumNesting));
    }
  }

  Value array(size_t size) {
    enter();
    // Each element takes a byte at least: a list is not larger than what came.
    if (size > left()) {
      fail("an array is longer than the head");
    }
    Value list = Values::list(size);
    for (size_t i = 0; i < size; ++i) {
      Values::put(list, i, value());
    }
    --levels_;
    return list;
  }

  Value map(size_t size) {
    enter();
    Value map = Values::map();
    for (size_t i = 0; i < size; ++i) {
      Value key = value();
      if (!Values::put(map, std::move(key), value())) {
        fail("a key cannot be one");
      }
    }
    --levels_;
    return map;
  }

  const uint8_t* at_;
  const uint8_t* const end_;
  size_t levels_ = 0;
};

}  // namespace orthanc_runtime
