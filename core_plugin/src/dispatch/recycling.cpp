// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/recycling.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace orthanc_runtime {

namespace {

constexpr uint64_t kMebibyte = uint64_t{1024} * 1024;

}  // namespace

uint64_t resident_memory(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  uint64_t size = 0;
  uint64_t resident = 0;
  file >> size >> resident;
  return file ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

int Recycling::set_limits(pid_t pid, uint64_t tasks, uint64_t memory) {
  const std::lock_guard lock(mutex_);
  reached_ = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!reached_) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  tasks_ = tasks;
  memory_ = memory;
  inherited_ = memory > 0 ? resident_memory(pid) : 0;
  return reached_.get();
}

void Recycling::task_ended(pid_t pid, uint64_t served) {
  const std::lock_guard lock(mutex_);
  if (!reached_ || !reason_.empty()) {
    return;
  }
  if (tasks_ > 0 && served >= tasks_) {
    reason_ = "it has served " + std::to_string(served) + " tasks (MaximumTasks)";
  } else if (memory_ > 0) {
    const uint64_t used = resident_memory(pid);
    if (used > inherited_ + memory_) {
      reason_ = "it uses " + std::to_string((used - inherited_) / kMebibyte) +
                " MB of its own (MaximumMemory " + std::to_string(memory_ / kMebibyte) + ")";
    }
  }
  if (!reason_.empty()) {
    eventfd_write(reached_.get(), 1);
  }
}

std::string Recycling::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

}  // namespace orthanc_runtime
