// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <string>

#include "dispatch/frame.h"
#include "dispatch/head_writer.h"

using namespace orthanc_runtime;

namespace {

Json read_back(HeadWriter& head) {
  const std::vector<uint8_t> bytes = head.take();
  return decode_head({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

TEST_CASE("text of every length is read back") {
  for (const size_t size : {0, 1, 31, 32, 255, 256, 65535, 65536, 100000}) {
    const std::string text(size, 'x');
    HeadWriter head;
    head.text(text);
    CHECK(read_back(head) == text);
  }
}

TEST_CASE("arrays and maps of every size are read back") {
  for (const size_t size : {0, 1, 15, 16, 65535, 65536}) {
    Json list = Json::array();
    Json map = Json::object();
    HeadWriter head;
    head.array(2);
    head.array(size);
    for (size_t i = 0; i < size; ++i) {
      head.small(7);
      list.push_back(7);
    }
    head.map(size);
    for (size_t i = 0; i < size; ++i) {
      head.text(std::to_string(i));
      head.nil();
      map[std::to_string(i)] = nullptr;
    }
    CHECK(read_back(head) == Json::array({list, map}));
  }
}

TEST_CASE("bytes are not text") {
  HeadWriter head;
  head.binary(std::string_view("\0\xFF", 2));
  CHECK(read_back(head) == Json::binary({0, 0xFF}));
}
