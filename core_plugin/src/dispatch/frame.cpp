// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/frame.h"

#include <cstring>

namespace orthanc_runtime {

namespace {

template <class Integer>
void put(char*& at, Integer value) {
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    *at++ = static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
  }
}

template <class Integer>
Integer take(const char*& at) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(*at++)) << (8 * i);
  }
  return static_cast<Integer>(value);
}

}  // namespace

FrameHeaderBytes encode_header(const FrameHeader& header) {
  FrameHeaderBytes bytes;
  char* at = bytes.data();
  put(at, kFrameMagic);
  put(at, static_cast<uint8_t>(header.kind));
  put(at, header.depth);
  put(at, header.head_size);
  put(at, header.body_size);
  put(at, header.task);
  return bytes;
}

FrameHeader decode_header(const char* bytes) {
  const char* at = bytes;
  if (take<uint16_t>(at) != kFrameMagic) {
    throw ProtocolError("not the beginning of a frame");
  }
  FrameHeader header;
  header.kind = static_cast<FrameKind>(take<uint8_t>(at));
  header.depth = take<uint8_t>(at);
  header.head_size = take<uint32_t>(at);
  header.body_size = take<uint32_t>(at);
  header.task = take<uint64_t>(at);
  if (header.head_size > kMaximumHead) {
    throw ProtocolError("frame head of " + std::to_string(header.head_size) + " bytes");
  }
  return header;
}

Json decode_head(std::string_view head) {
  try {
    return head.empty() ? Json() : Json::from_msgpack(head.begin(), head.end());
  } catch (const Json::exception& error) {
    throw ProtocolError(std::string("frame head is not MessagePack: ") + error.what());
  }
}

std::vector<uint8_t> encode_head(const Json& head) { return Json::to_msgpack(head); }

}  // namespace orthanc_runtime
