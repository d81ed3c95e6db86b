// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Wakes one thread, once.
#pragma once

#include <semaphore.h>

#include <cerrno>
#include <ctime>
#include <system_error>

#include "dispatch/deadline.h"

namespace orthanc_runtime {

/// Unlike a condition variable it needs no mutex, which the woken thread would have to wait for
/// again, and it may be gone as soon as that thread has woken (POSIX, sem_destroy).
class WakeUp {
 public:
  WakeUp() { sem_init(&semaphore_, 0, 0); }
  ~WakeUp() { sem_destroy(&semaphore_); }
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  void give() { sem_post(&semaphore_); }

  /// False at the deadline.
  bool await(const Deadline& deadline) {
    const timespec at = deadline.absolute();
    for (;;) {
      const int error = deadline.is_never() ? sem_wait(&semaphore_)
                                            : sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &at);
      if (error == 0) {
        return true;
      }
      if (errno == ETIMEDOUT) {
        return false;
      }
      if (errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), "wait for a worker");
      }
    }
  }

 private:
  sem_t semaphore_{};
};

}  // namespace orthanc_runtime
