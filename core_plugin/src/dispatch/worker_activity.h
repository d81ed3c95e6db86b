// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The tasks that a worker is running, for whoever asks what it does.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "dispatch/deadline.h"

namespace orthanc_runtime {

struct RunningTask {
  uint64_t id = 0;
  std::string what;
  double age = 0;  // seconds since it was given to the worker
};

class WorkerActivity {
 public:
  /// Held while the worker has the task; `what` has to live as long.
  class Entry {
   public:
    Entry(WorkerActivity& activity, uint64_t id, const std::string& what)
        : activity_(activity), id_(id), what_(what) {
      const std::lock_guard lock(activity_.mutex_);
      activity_.entries_.push_back(this);
    }
    ~Entry() {
      const std::lock_guard lock(activity_.mutex_);
      auto& entries = activity_.entries_;
      entries.erase(std::find(entries.begin(), entries.end(), this));
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    friend class WorkerActivity;
    WorkerActivity& activity_;
    const uint64_t id_;
    const std::string& what_;
    const Deadline::Clock::time_point since_ = Deadline::Clock::now();
  };

  /// The oldest first; nested ones follow the task that waits for them.
  std::vector<RunningTask> now() const {
    const auto time = Deadline::Clock::now();
    const std::lock_guard lock(mutex_);
    std::vector<RunningTask> running;
    running.reserve(entries_.size());
    for (const Entry* entry : entries_) {
      const std::chrono::duration<double> age = time - entry->since_;
      running.push_back({entry->id_, entry->what_, age.count()});
    }
    return running;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<const Entry*> entries_;
};

}  // namespace orthanc_runtime
