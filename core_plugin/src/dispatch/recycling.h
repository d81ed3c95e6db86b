// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// When a worker has served enough and its successor should start.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <mutex>
#include <string>

#include "dispatch/descriptor.h"

namespace orthanc_runtime {

/// Bytes of a process in RAM, shared ones included; 0 where nothing is known.
uint64_t resident_memory(pid_t pid);

class Recycling {
 public:
  /// Limits in tasks and in bytes of resident memory beyond what process `pid` has now, which it
  /// may share with the fork server; 0 for none. Returns a descriptor, owned by this object, that
  /// becomes readable once a limit has been reached.
  int set_limits(pid_t pid, uint64_t tasks, uint64_t memory);

  /// To be called after each task of the process.
  void task_ended(pid_t pid, uint64_t served);

  /// Which limit has been reached; empty while none has.
  std::string reason() const;

 private:
  mutable std::mutex mutex_;
  Descriptor reached_;
  uint64_t tasks_ = 0;
  uint64_t memory_ = 0;
  uint64_t inherited_ = 0;
  std::string reason_;
};

}  // namespace orthanc_runtime
