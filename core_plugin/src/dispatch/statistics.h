// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How the tasks of a pool ended: how many, how long they took, and the last that failed.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "dispatch/task.h"

namespace orthanc_runtime {

/// "answered", "failed", "died", "timeout", "saturated", ...: in the status and the metrics.
const char* ending_name(Ending ending);

inline constexpr std::array kEndings{
    Ending::Done,      Ending::HandlerFailed, Ending::WorkerDied, Ending::DeadlinePassed,
    Ending::Saturated, Ending::Stopping,      Ending::Broken,     Ending::TooDeep,
    Ending::TooLarge,  Ending::Quarantined};

/// Upper ends of the buckets of durations, in seconds; one more takes the rest. Ten per decade, so
/// that a quantile is right by a tenth or two.
inline constexpr std::array kDurations{
    0.0001, 0.00012, 0.00015, 0.0002, 0.00025, 0.0003, 0.0004, 0.0005, 0.0006, 0.0008, 0.001,
    0.0012, 0.0015,  0.002,   0.0025, 0.003,   0.004,  0.005,  0.006,  0.008,  0.01,   0.012,
    0.015,  0.02,    0.025,   0.03,   0.04,    0.05,   0.06,   0.08,   0.1,    0.12,   0.15,
    0.2,    0.25,    0.3,     0.4,    0.5,     0.6,    0.8,    1.0,    1.2,    1.5,    2.0,
    2.5,    3.0,     4.0,     5.0,    6.0,     8.0,    10.0,   12.0,   15.0,   20.0,   25.0,
    30.0,   40.0,    50.0,    60.0,   80.0,    100.0,  120.0,  150.0,  200.0,  250.0,  300.0,
};

struct FailedTask {
  std::chrono::system_clock::time_point time;
  uint64_t task = 0;
  std::string what;
  Ending ending = Ending::Done;
  std::string reason;
};

class TaskStatistics {
 public:
  using Buckets = std::array<uint64_t, kDurations.size() + 1>;

  /// `took` is in seconds, from the moment the task came to the pool.
  void add(const Task& task, const Outcome& outcome, double took);

  uint64_t count(Ending ending) const;

  /// Durations of the tasks that a worker ran; not cumulative.
  Buckets durations() const;
  double total_seconds() const;

  /// At most 50, the last one first.
  std::vector<FailedTask> failures() const;

 private:
  std::array<std::atomic<uint64_t>, kEndings.size()> endings_{};
  std::array<std::atomic<uint64_t>, kDurations.size() + 1> durations_{};
  std::atomic<uint64_t> microseconds_{0};
  mutable std::mutex mutex_;
  std::deque<FailedTask> failures_;
};

}  // namespace orthanc_runtime
