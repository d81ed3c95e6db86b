// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Frames between the plugin and a worker; drawn in orthanc_runtime/protocol.py.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orthanc_runtime {

using Json = nlohmann::json;

enum class FrameKind : uint8_t {
  Bootstrap = 1,
  Task = 2,
  Reply = 3,
  Cancel = 4,
  Hello = 16,
  StartupFailed = 17,
  Output = 18,
  Done = 19,
  Failed = 20,
  Call = 21,
  Log = 22,
  Free = 23,
};

constexpr uint16_t kFrameMagic = 0x524F;
constexpr size_t kFrameHeaderSize = 20;
constexpr uint32_t kMaximumHead = 16 * 1024 * 1024;
constexpr size_t kMaximumBody = 0xFFFFFFFFU;
// Of arrays and maps in a head: each takes of the stack, and a thread of the core has but 100 KB.
constexpr size_t kMaximumNesting = 32;
constexpr uint8_t kMaximumDepth = 4;
constexpr int32_t kBadValue = -1000;  // in a REPLY, beside the error codes of the SDK

/// The peer sent something that is not a frame, or a frame that makes no sense now.
class ProtocolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct FrameHeader {
  FrameKind kind{};
  uint8_t depth = 0;
  uint32_t head_size = 0;
  uint32_t body_size = 0;
  uint64_t task = 0;
};

using FrameHeaderBytes = std::array<char, kFrameHeaderSize>;

FrameHeaderBytes encode_header(const FrameHeader& header);

/// Throws ProtocolError where the bytes are no header of a frame.
FrameHeader decode_header(const char* bytes);

/// A received frame; head and body are views that live until the next receive.
struct Frame {
  FrameHeader header;
  std::string_view head;
  std::string_view body;
};

/// The decoded head. Throws ProtocolError.
Json decode_head(std::string_view head);

std::vector<uint8_t> encode_head(const Json& head);

}  // namespace orthanc_runtime
