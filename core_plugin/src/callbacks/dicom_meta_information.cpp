// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/dicom_meta_information.h"

#include <cstdint>

namespace orthanc_runtime {

namespace {

constexpr size_t kPreamble = 128;
constexpr std::string_view kPrefix = "DICM";
constexpr uint32_t kGroup = 0x0002;
constexpr uint32_t kTransferSyntaxUid = 0x0010;
// those of group 0002 whose length takes four bytes, after two reserved ones: PS3.5, 7.1.2
constexpr std::string_view kLong = "OB UN";

uint32_t number(std::string_view bytes, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = size; i > 0; --i) {
    value = value << 8U | static_cast<uint8_t>(bytes[at + i - 1]);
  }
  return value;
}

}  // namespace

std::string transfer_syntax_of(std::string_view file) {
  if (file.size() < kPreamble + kPrefix.size() ||
      file.substr(kPreamble, kPrefix.size()) != kPrefix) {
    return {};
  }
  std::string_view left = file.substr(kPreamble + kPrefix.size());
  while (left.size() >= 12 && number(left, 0, 2) == kGroup) {
    const bool is_long = kLong.find(left.substr(4, 2)) != std::string_view::npos;
    const size_t head = is_long ? 12 : 8;
    const size_t length = is_long ? number(left, 8, 4) : number(left, 6, 2);
    if (length > left.size() - head) {
      return {};
    }
    if (number(left, 2, 2) == kTransferSyntaxUid) {
      const std::string_view uid = left.substr(head, length);
      return std::string(uid.substr(0, uid.find_last_not_of(std::string_view("\0 ", 2)) + 1));
    }
    left.remove_prefix(head + length);
  }
  return {};
}

}  // namespace orthanc_runtime
