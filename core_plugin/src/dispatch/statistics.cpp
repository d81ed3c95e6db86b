// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/statistics.h"

#include <algorithm>

namespace orthanc_runtime {

namespace {

constexpr size_t kFailuresKept = 50;

bool ran(Ending ending) {
  return ending == Ending::Done || ending == Ending::HandlerFailed ||
         ending == Ending::WorkerDied || ending == Ending::DeadlinePassed;
}

size_t index_of(Ending ending) {
  return static_cast<size_t>(std::find(kEndings.begin(), kEndings.end(), ending) -
                             kEndings.begin());
}

}  // namespace

const char* ending_name(Ending ending) {
  switch (ending) {
    case Ending::Done:
      return "answered";
    case Ending::HandlerFailed:
      return "failed";
    case Ending::WorkerDied:
      return "died";
    case Ending::DeadlinePassed:
      return "timeout";
    case Ending::Saturated:
      return "saturated";
    case Ending::Stopping:
      return "stopping";
    case Ending::Broken:
      return "broken";
    case Ending::TooDeep:
      return "too-deep";
    case Ending::TooLarge:
      return "too-large";
    case Ending::Quarantined:
      return "quarantined";
  }
  return "unknown";
}

void TaskStatistics::add(const Task& task, const Outcome& outcome, double took) {
  ++endings_.at(index_of(outcome.ending));
  if (ran(outcome.ending)) {
    const auto bucket = std::lower_bound(kDurations.begin(), kDurations.end(), took);
    ++durations_.at(static_cast<size_t>(bucket - kDurations.begin()));
    microseconds_ += static_cast<uint64_t>(took * 1e6);
  }
  if (outcome.ending == Ending::Done) {
    return;
  }
  const std::lock_guard lock(mutex_);
  failures_.push_front({std::chrono::system_clock::now(), outcome.task, task.label, outcome.ending,
                        outcome.message});
  if (failures_.size() > kFailuresKept) {
    failures_.pop_back();
  }
}

uint64_t TaskStatistics::count(Ending ending) const { return endings_.at(index_of(ending)); }

TaskStatistics::Buckets TaskStatistics::durations() const {
  Buckets buckets{};
  std::copy(durations_.begin(), durations_.end(), buckets.begin());
  return buckets;
}

double TaskStatistics::total_seconds() const { return static_cast<double>(microseconds_) / 1e6; }

std::vector<FailedTask> TaskStatistics::failures() const {
  const std::lock_guard lock(mutex_);
  return {failures_.begin(), failures_.end()};
}

}  // namespace orthanc_runtime
