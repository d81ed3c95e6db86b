// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// MessagePack of heads that each request has, value by value: no tree of them is made.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace orthanc_runtime {

class HeadWriter {
 public:
  HeadWriter() { bytes_.reserve(kUsual); }

  /// The next `size` values, or pairs of values, are in it.
  void array(size_t size) { begin(size, 0x90, 16, 0xDC); }
  void map(size_t size) { begin(size, 0x80, 16, 0xDE); }

  void nil() { bytes_.push_back(0xC0); }

  /// Below 128.
  void small(uint8_t number) { bytes_.push_back(number); }

  void text(std::string_view text) {
    if (text.size() > 31 && text.size() <= 0xFF) {
      sized(0xD9, text.size(), 1);
    } else {
      begin(text.size(), 0xA0, 32, 0xDA);
    }
    append(text);
  }

  void binary(std::string_view data) {
    sized(0xC6, data.size(), 4);
    append(data);
  }

  std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  static constexpr size_t kUsual = 1024;

  /// `wide` is the type with 16 bits of size, the next one has 32.
  void begin(size_t size, uint8_t fixed, size_t fixed_end, uint8_t wide) {
    if (size < fixed_end) {
      bytes_.push_back(static_cast<uint8_t>(fixed | size));
    } else if (size <= 0xFFFF) {
      sized(wide, size, 2);
    } else {
      sized(static_cast<uint8_t>(wide + 1), size, 4);
    }
  }

  void sized(uint8_t type, size_t size, int bytes) {
    bytes_.push_back(type);
    for (int i = bytes - 1; i >= 0; --i) {
      bytes_.push_back(static_cast<uint8_t>(size >> (8 * i)));
    }
  }

  void append(std::string_view data) { bytes_.insert(bytes_.end(), data.begin(), data.end()); }

  std::vector<uint8_t> bytes_;
};

}  // namespace orthanc_runtime
