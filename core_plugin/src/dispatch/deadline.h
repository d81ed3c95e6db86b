// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A point on the monotonic clock by which a wait has to end.
#pragma once

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>

namespace orthanc_runtime {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  /// Waits without end: only for waits that another event ends (EOF, process exit).
  static Deadline never() { return Deadline(Clock::time_point::max()); }

  /// `seconds` from now; zero or less is now. The clock cannot count much more than the longest.
  static Deadline in(double seconds) {
    const std::chrono::duration<double> wait(std::clamp(seconds, 0.0, kLongest));
    return Deadline(Clock::now() + std::chrono::duration_cast<Clock::duration>(wait));
  }

  /// The task timeout of the settings, where 0 means none.
  static Deadline timeout(double seconds) { return seconds > 0 ? in(seconds) : never(); }

  bool is_never() const { return at_ == Clock::time_point::max(); }
  bool passed() const { return !is_never() && Clock::now() >= at_; }
  Clock::time_point at() const { return at_; }
  Deadline earlier(const Deadline& other) const { return at_ < other.at_ ? *this : other; }

  /// For ppoll(): nothing for a wait without end.
  std::optional<timespec> remaining() const {
    if (is_never()) {
      return std::nullopt;
    }
    return as_timespec(std::max(Clock::duration::zero(), at_ - Clock::now()));
  }

  /// On CLOCK_MONOTONIC.
  timespec absolute() const { return as_timespec(at_.time_since_epoch()); }

 private:
  static constexpr double kLongest = 1e9;  // seconds

  static timespec as_timespec(Clock::duration time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds);
    return timespec{static_cast<time_t>(seconds.count()), static_cast<long>(rest.count())};
  }

  explicit Deadline(Clock::time_point at) : at_(at) {}
  Clock::time_point at_;
};

}  // namespace orthanc_runtime
