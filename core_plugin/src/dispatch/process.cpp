// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/process.h"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <fstream>

namespace orthanc_runtime {

namespace {

constexpr size_t kLastWords = 2048;
constexpr double kStackDump = 0.1;

bool readable(int fd, const Deadline& deadline) {
  for (;;) {
    pollfd entry{fd, POLLIN, 0};
    const auto left = deadline.remaining();
    const int ready = ppoll(&entry, 1, left ? &*left : nullptr, nullptr);
    if (ready >= 0 || errno != EINTR) {
      return ready > 0;
    }
  }
}

ExitStatus from_returncode(int64_t returncode) {
  ExitStatus status;
  if (returncode < 0) {
    status.signal = static_cast<int>(-returncode);
  } else {
    status.code = static_cast<int>(returncode);
  }
  return status;
}

/// One that does not would die of the signal.
bool catches(pid_t pid, int signal) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string name; status >> name;) {
    if (name == "SigCgt:") {
      uint64_t caught = 0;
      status >> std::hex >> caught;
      return (caught >> static_cast<unsigned>(signal - 1) & 1U) != 0;
    }
  }
  return false;
}

// glibc has no number for P_PIDFD before 2.36 on every target; the kernel's value is fixed.
constexpr auto kIdTypePidfd = static_cast<idtype_t>(3);

}  // namespace

std::string ExitStatus::text() const {
  if (signal) {
    const char* name = sigabbrev_np(*signal);
    return "killed by signal " + std::to_string(*signal) +
           (name != nullptr ? std::string(" (SIG") + name + ")" : std::string());
  }
  if (code) {
    return "exited with code " + std::to_string(*code);
  }
  return "ended, its fork server does not say how";
}

WorkerProcess::WorkerProcess(int index, pid_t pid, Descriptor pidfd, Descriptor status,
                             std::string pool)
    : index_(index),
      pid_(pid),
      pool_(std::move(pool)),
      pidfd_(std::move(pidfd)),
      status_(std::move(status)) {}

std::string WorkerProcess::name() const {
  return "worker " + std::to_string(index_) + (pool_.empty() ? "" : " of pool " + pool_) +
         " (pid " + std::to_string(pid_) + ")";
}

bool WorkerProcess::exited(const Deadline& deadline) const {
  return readable(pidfd_.get(), deadline);
}

bool WorkerProcess::ask_for_stacks() {
  return catches(pid_, SIGQUIT) &&
         syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGQUIT, nullptr, 0) == 0;
}

void WorkerProcess::dump_stacks() {
  if (ask_for_stacks()) {
    exited(Deadline::in(kStackDump));
  }
}

void WorkerProcess::kill(const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    if (kill_reason_.empty()) {
      kill_reason_ = reason;
    }
  }
  // The group first: its number is the worker's and stays reserved while the worker lives.
  if (!exited(Deadline::in(0))) {
    ::kill(-pid_, SIGKILL);
  }
  syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
}

std::string WorkerProcess::kill_reason() const {
  const std::lock_guard lock(mutex_);
  return kill_reason_;
}

void WorkerProcess::add_last_words(const char* data, size_t size) {
  const std::lock_guard lock(mutex_);
  last_words_.append(data, size);
  if (last_words_.size() > kLastWords) {
    last_words_.erase(0, last_words_.size() - kLastWords);
  }
}

std::string WorkerProcess::last_words() const {
  const std::lock_guard lock(mutex_);
  return last_words_;
}

ExitStatus WorkerProcess::exit_status() {
  // A lock of its own: whoever only asks for a name or a reason must not wait for the status.
  const std::lock_guard lock(exit_mutex_);
  if (exit_) {
    return *exit_;
  }
  const Deadline deadline = Deadline::in(1);
  if (!exited(deadline)) {
    return {};
  }
  ExitStatus status;
  if (status_) {
    int64_t returncode = 0;
    if (readable(status_.get(), deadline) &&
        read(status_.get(), &returncode, sizeof returncode) == sizeof returncode) {
      status = from_returncode(returncode);
    }
  } else {
    siginfo_t info{};
    if (waitid(kIdTypePidfd, static_cast<id_t>(pidfd_.get()), &info, WEXITED) == 0) {
      if (info.si_code == CLD_EXITED) {
        status.code = info.si_status;
      } else {
        status.signal = info.si_status;
      }
    }
  }
  exit_ = status;
  return status;
}

}  // namespace orthanc_runtime
