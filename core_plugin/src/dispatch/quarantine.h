// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A handler that crashes its workers again and again gets no worker for a while.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace orthanc_runtime {

class Quarantine {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `crashes` in a row begin a quarantine; 0 for none ever.
  explicit Quarantine(uint64_t crashes) : crashes_(crashes) {}

  /// Why the handler may not run at `now`; empty where it may. When a quarantine has passed, one
  /// task is let through, which decides.
  std::optional<std::string> refusal(const std::string& handler, Time now);

  /// A task of the handler ended without a crash; the log line, if this ended a quarantine.
  std::string succeeded(const std::string& handler);

  /// A task of the handler took its worker along; the log line, if this begins a quarantine.
  std::string crashed(const std::string& handler, const std::string& how, Time now);

  /// A task that was let through has said nothing about its handler.
  void undecided(const std::string& handler);

 private:
  struct State {
    uint64_t in_a_row = 0;
    std::chrono::seconds period{0};
    Time until;
    bool on_trial = false;
    std::string how;
  };

  const uint64_t crashes_;
  std::mutex mutex_;
  std::map<std::string, State> states_;  // of handlers that have crashed since they succeeded
};

}  // namespace orthanc_runtime
