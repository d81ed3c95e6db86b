// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Counts the calls that are using an object, so that its loan can end after the last of them.
#pragma once

#include <condition_variable>
#include <mutex>

#include "bindings/gil.h"

namespace orthanc_runtime {

/// add and remove need the GIL, which is what guards the count; the mutex is for the one who waits.
class Users {
 public:
  void add() { ++count_; }

  void remove() {
    if (!awaited_) {
      --count_;
      return;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (--count_ == 0) {
      none_.notify_all();
    }
  }

  /// Nobody may call add() any more.
  void wait_until_none() {
    if (count_ == 0) {
      return;
    }
    awaited_ = true;
    const GilRelease released;
    std::unique_lock<std::mutex> lock(mutex_);
    none_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  int count_ = 0;
  bool awaited_ = false;
  std::mutex mutex_;
  std::condition_variable none_;
};

}  // namespace orthanc_runtime
