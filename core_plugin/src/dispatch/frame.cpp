// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/frame.h"

#include <cstring>
#include <iomanip>
#include <sstream>
#include <utility>

#include "dispatch/msgpack_parser.h"

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

struct JsonValues {
  using Value = Json;
  static constexpr size_t kMaximumNesting = orthanc_runtime::kMaximumNesting;

  static Value nil() { return nullptr; }
  static Value boolean(bool value) { return value; }
  static Value number(int64_t value) { return value; }
  static Value number(uint64_t value) { return value; }
  static Value real(double value) { return value; }
  static Value text(std::string_view text) { return text; }
  static Value binary(std::string_view data) { return Json::binary({data.begin(), data.end()}); }
  static Value list(size_t size) {
    Json list = Json::array();
    list.get_ref<Json::array_t&>().reserve(size);
    return list;
  }
  static void put(Value& list, size_t /*index*/, Value&& element) {
    list.get_ref<Json::array_t&>().push_back(std::move(element));
  }
  static Value map() { return Json::object(); }
  static bool put(Value& map, Value&& key, Value&& entry) {
    if (!key.is_string()) {
      return false;
    }
    map.get_ref<Json::object_t&>()[std::move(key.get_ref<std::string&>())] = std::move(entry);
    return true;
  }
};

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
  const auto magic = take<uint16_t>(at);
  if (magic != kFrameMagic) {
    std::ostringstream text;
    text << "frame begins with 0x" << std::hex << std::setfill('0') << std::setw(4) << magic
         << ", not 0x" << kFrameMagic;
    throw ProtocolError(text.str());
  }
  FrameHeader header;
  header.kind = static_cast<FrameKind>(take<uint8_t>(at));
  header.depth = take<uint8_t>(at);
  header.head_size = take<uint32_t>(at);
  header.body_size = take<uint32_t>(at);
  header.task = take<uint64_t>(at);
  if (header.head_size > kMaximumHead) {
    throw ProtocolError("frame head of " + std::to_string(header.head_size) + " bytes, at most " +
                        std::to_string(kMaximumHead));
  }
  return header;
}

Json decode_head(std::string_view head) {
  if (head.empty()) {
    return {};
  }
  return MsgpackParser<JsonValues>::parse(head);
}

std::vector<uint8_t> encode_head(const Json& head) { return Json::to_msgpack(head); }

}  // namespace orthanc_runtime
