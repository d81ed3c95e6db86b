// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A line for Orthanc's log, with what a program that reads the log wants to know.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "log_codes.h"

namespace orthanc_runtime {

struct LogLine {
  /// One of ours, at the level of its code.
  LogLine(LogCode which, std::string text)
      : code(which), level(level_of(which)), message(std::move(text)) {}
  /// One of the script, or of what runs in a worker.
  LogLine(LogLevel at, std::string text) : level(at), message(std::move(text)) {}

  LogLine&& of_task(uint64_t id, std::string of_request, std::string of_handler) && {
    task = id;
    request_id = std::move(of_request);
    handler = std::move(of_handler);
    return std::move(*this);
  }
  LogLine&& of_worker(int pid) && {
    worker = pid;
    return std::move(*this);
  }

  std::optional<LogCode> code;
  LogLevel level;
  std::string message;
  uint64_t task = 0;       // none
  std::string request_id;  // that the client gave
  int worker = 0;          // pid; none
  std::string handler;     // its address; none
};

/// "ORT-2102 " and the message, or the message.
std::string as_text(const LogLine& line);

/// A JSON object in one line, with the keys time (UTC), level, code, task, request, worker, handler
/// and message; null where there is none.
std::string as_json(const LogLine& line, std::chrono::system_clock::time_point time);

}  // namespace orthanc_runtime
