// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "dispatch/frame.h"

using namespace orthanc_runtime;

TEST_CASE("a header survives the round trip") {
  FrameHeader header;
  header.kind = FrameKind::Task;
  header.depth = 3;
  header.head_size = 0x01020304;
  header.head_size &= kMaximumHead - 1;
  header.body_size = 0xFFFFFFFF;
  header.task = 0x1122334455667788;
  const FrameHeaderBytes bytes = encode_header(header);
  CHECK(bytes[0] == 'O');
  CHECK(bytes[1] == 'R');
  const FrameHeader decoded = decode_header(bytes.data());
  CHECK(decoded.kind == FrameKind::Task);
  CHECK(decoded.depth == 3);
  CHECK(decoded.head_size == header.head_size);
  CHECK(decoded.body_size == header.body_size);
  CHECK(decoded.task == header.task);
}

TEST_CASE("bytes that are no header are refused") {
  FrameHeaderBytes bytes{};
  CHECK_THROWS_AS(decode_header(bytes.data()), ProtocolError);
  FrameHeader header;
  header.kind = FrameKind::Done;
  header.head_size = kMaximumHead + 1;
  bytes = encode_header(header);
  CHECK_THROWS_AS(decode_header(bytes.data()), ProtocolError);
}

TEST_CASE("a head that is not MessagePack is refused") {
  CHECK_THROWS_AS(decode_head("\xc1"), ProtocolError);
  CHECK_THROWS_AS(decode_head("\x92\x01"), ProtocolError);
  CHECK(decode_head("").is_null());
  CHECK(decode_head("\x92\x01\x02") == Json::array({1, 2}));
}

TEST_CASE("a head is not nested deeper than the small stacks of Orthanc's threads allow") {
  CHECK_THROWS_AS(decode_head(std::string(1000000, '\x91')), ProtocolError);
  CHECK_THROWS_AS(decode_head(std::string(33, '\x91') + '\x01'), ProtocolError);
  std::string maps;
  for (int i = 0; i < 33; ++i) {
    maps += "\x81\xa1k";
  }
  CHECK_THROWS_AS(decode_head(maps + '\x01'), ProtocolError);
  CHECK_FALSE(decode_head(std::string(32, '\x91') + '\x01').is_null());
}

TEST_CASE("a head that promises more than it has is refused") {
  CHECK_THROWS_AS(decode_head("\xdd\xff\xff\xff\xff"), ProtocolError);
  CHECK_THROWS_AS(decode_head("\xdb\xff\xff\xff\xffx"), ProtocolError);
}
