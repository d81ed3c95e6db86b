// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/frame.h"

#include <cstring>
#include <iomanip>
#include <sstream>

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

/// Follows a head without building anything, as far as it is not nested too deep.
class DepthCheck : public nlohmann::json_sax<Json> {
 public:
  bool too_deep() const { return depth_ > kMaximumNesting; }

  bool start_object(size_t /*size*/) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(size_t /*size*/) override { return enter(); }
  bool end_array() override { return leave(); }
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool key(string_t& /*value*/) override { return true; }
  bool parse_error(size_t /*position*/, const std::string& /*token*/,
                   const Json::exception& /*error*/) override {
    return false;
  }

 private:
  bool enter() { return ++depth_ <= kMaximumNesting; }
  bool leave() {
    --depth_;
    return true;
  }

  size_t depth_ = 0;
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
  // The parser recurses, and a thread of the core has a stack of 100 KB. A short head cannot be
  // deep.
  if (head.size() > kMaximumNesting) {
    DepthCheck check;
    Json::sax_parse(head.begin(), head.end(), &check, Json::input_format_t::msgpack);
    if (check.too_deep()) {
      throw ProtocolError("frame head nested deeper than " + std::to_string(kMaximumNesting));
    }
  }
  try {
    return Json::from_msgpack(head.begin(), head.end());
  } catch (const Json::exception& error) {
    throw ProtocolError(std::string("frame head is not MessagePack: ") + error.what());
  }
}

std::vector<uint8_t> encode_head(const Json& head) { return Json::to_msgpack(head); }

}  // namespace orthanc_runtime
