// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Python stacks that a worker writes to its standard error, for whoever has asked for them.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "dispatch/deadline.h"

namespace orthanc_runtime {

class StackCapture {
 public:
  /// From now on lines of stacks are kept.
  void begin() {
    const std::lock_guard lock(mutex_);
    text_.clear();
    active_ = true;
  }

  /// Called for each line of output; true where it is one of the stacks, and so not for the log.
  bool take(std::string_view line) {
    const std::lock_guard lock(mutex_);
    if (!active_ || !is_stack_line(line) || text_.size() > kLongest) {
      return false;
    }
    text_.append(line).append("\n");
    last_line_ = Deadline::Clock::now();
    came_.notify_all();
    return true;
  }

  /// What has come until no more does, empty where nothing came before the deadline.
  std::string end(const Deadline& deadline) {
    std::unique_lock lock(mutex_);
    while (!deadline.passed()) {
      // The stacks of a process have no end mark, but are written at once.
      const auto quiet = last_line_ + kQuiet;
      if (!text_.empty() && Deadline::Clock::now() >= quiet) {
        break;
      }
      came_.wait_until(lock, text_.empty() ? deadline.at() : std::min(quiet, deadline.at()));
    }
    active_ = false;
    return std::move(text_);
  }

 private:
  static constexpr auto kQuiet = std::chrono::milliseconds(50);
  static constexpr size_t kLongest = size_t{1024} * 1024;

  /// As faulthandler writes them.
  static bool is_stack_line(std::string_view line) {
    const auto begins = [&](std::string_view start) {
      return line.substr(0, start.size()) == start;
    };
    return line.empty() || begins("  File \"") || begins("  <") || begins("  ...") ||
           begins("Thread 0x") || begins("Current thread 0x");
  }

  std::mutex mutex_;
  std::condition_variable came_;
  bool active_ = false;
  std::string text_;
  Deadline::Clock::time_point last_line_;
};

}  // namespace orthanc_runtime
