// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/log_line.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

namespace orthanc_runtime {

namespace {

// In the order in which people read them.
using Ordered = nlohmann::ordered_json;

std::string code_text(LogCode code) {
  return kLogCodePrefix + std::to_string(static_cast<int>(code));
}

const char* level_name(LogLevel level) {
  switch (level) {
    case LogLevel::Error:
      return "ERROR";
    case LogLevel::Warning:
      return "WARNING";
    default:
      return "INFO";
  }
}

/// 2026-01-31T12:00:00.000000Z (RFC 3339)
std::string utc(std::chrono::system_clock::time_point time) {
  using std::chrono::microseconds;
  const auto since = std::chrono::duration_cast<microseconds>(time.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(since / 1'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s.%06dZ", date.data(),
                static_cast<int>(since % 1'000'000));
  return text.data();
}

template <class Value>
Ordered or_null(bool given, const Value& value) {
  return given ? Ordered(value) : Ordered(nullptr);
}

}  // namespace

std::string as_text(const LogLine& line) {
  return line.code ? code_text(*line.code) + " " + line.message : line.message;
}

std::string as_json(const LogLine& line, std::chrono::system_clock::time_point time) {
  Ordered object;
  object["time"] = utc(time);
  object["level"] = level_name(line.level);
  object["code"] = line.code ? Ordered(code_text(*line.code)) : Ordered(nullptr);
  object["task"] = or_null(line.task != 0, line.task);
  object["request"] = or_null(!line.request_id.empty(), line.request_id);
  object["worker"] = or_null(line.worker != 0, line.worker);
  object["handler"] = or_null(!line.handler.empty(), line.handler);
  object["message"] = line.message;
  // Output of workers and URIs need not be UTF-8; non-ASCII is escaped, so that no reader of the
  // log depends on a locale.
  return object.dump(-1, ' ', true, Ordered::error_handler_t::replace);
}

}  // namespace orthanc_runtime
