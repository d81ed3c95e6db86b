// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "child.h"
#include "dispatch/log_line.h"
#include "dispatch/service.h"

using namespace orthanc_runtime;

namespace {

struct KeepingHost : Host {
  void log(const LogLine& line) override { lines.push_back(line); }
  CallReply call(const CallOrigin& /*origin*/, const Json& /*head*/,
                 std::string_view /*body*/) override {
    return {};
  }
  std::vector<LogLine> lines;
};

LogLine logged(const Json& head) {
  KeepingHost host;
  const std::vector<uint8_t> packed = encode_head(head);
  Frame frame;
  frame.header.task = 7;
  frame.head = {reinterpret_cast<const char*>(packed.data()), packed.size()};
  frame.body = "said";
  log_from_worker(host, *this_process(), frame);
  REQUIRE(host.lines.size() == 1);
  return host.lines[0];
}

}  // namespace

TEST_CASE("a line begins with its code") {
  CHECK(as_text({LogCode::WorkerEnded, "worker 0 ended"}) == "ORT-2102 worker 0 ended");
  CHECK(as_text({LogLevel::Warning, "of the script"}) == "of the script");
  CHECK(level_of(LogCode::WorkerEnded) == LogLevel::Warning);
}

TEST_CASE("a line as JSON has all keys, in one line, whatever its bytes are") {
  const LogLine line = LogLine(LogCode::HandlerRaised, "first\nsecond \xff\x01")
                           .of_task(3, "abc", "rest:a")
                           .of_worker(12);
  const std::string text = as_json(line, std::chrono::system_clock::time_point{});
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.rfind("{\"time\":\"1970-01-01T00:00:00.000000Z\",\"level\":\"ERROR\"", 0) == 0);
  const Json object = Json::parse(text);
  CHECK(object["code"] == "ORT-3001");
  CHECK(object["task"] == 3);
  CHECK(object["request"] == "abc");
  CHECK(object["worker"] == 12);
  CHECK(object["handler"] == "rest:a");
  CHECK(object["message"] == "first\nsecond \xef\xbf\xbd\x01");
  const Json of_script = Json::parse(as_json({LogLevel::Info, "x"}, {}));
  CHECK(of_script["code"].is_null());
  CHECK(of_script["worker"].is_null());
  CHECK(of_script.size() == object.size());
}

TEST_CASE("a LOG frame has a level, or a code of the table") {
  CHECK(!logged({1}).code);
  CHECK(logged({1}).level == LogLevel::Warning);
  CHECK(logged({1}).task == 7);
  const int code = static_cast<int>(LogCode::StreamsClosed);
  CHECK(logged(Json::array({code})).code == LogCode::StreamsClosed);
  CHECK(logged(Json::array({code})).level == LogLevel::Warning);
  for (const Json& head : {Json::array({3}), Json::array({-1}), Json::array({9999}),
                           Json::array({"1"}), Json::array({1, 1}), Json(1)}) {
    CHECK_THROWS_AS(logged(head), ProtocolError);
  }
}
