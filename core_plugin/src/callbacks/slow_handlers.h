// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Handlers of the master interpreter that keep it busy, so that all others wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace orthanc_runtime {

class SlowHandlers {
 public:
  struct Record {
    uint64_t count = 0;
    double longest = 0;  // seconds of processor time
    double total = 0;
  };

  /// Seconds of processor time from which on a call is slow; 0 for never.
  void set_threshold(double seconds) { threshold_ = seconds; }

  /// The life of one is a call, in one thread, without the GIL at its end.
  class Call {
   public:
    Call(SlowHandlers& handlers, const char* method, const std::string& pattern);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    SlowHandlers& handlers_;
    const char* const method_;
    const std::string& pattern_;
    timespec used_{};
    std::chrono::steady_clock::time_point began_;
  };

  /// Route and record, the longest call first.
  std::vector<std::pair<std::string, Record>> worst() const;

 private:
  void add(const std::string& route, double seconds);

  double threshold_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Record> records_;
};

}  // namespace orthanc_runtime
