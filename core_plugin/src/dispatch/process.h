// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A worker process: how it is killed, and how it ended.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "dispatch/deadline.h"
#include "dispatch/descriptor.h"
#include "dispatch/handles.h"
#include "dispatch/recycling.h"
#include "dispatch/stack_capture.h"
#include "dispatch/worker_activity.h"

namespace orthanc_runtime {

struct ExitStatus {
  std::optional<int> signal;
  std::optional<int> code;

  /// "killed by signal 9 (SIGKILL)", "exited with code 3", or that nothing is known.
  std::string text() const;
};

class WorkerProcess {
 public:
  /// `status` carries the exit code of a forkserver child as multiprocess writes it (a native
  /// 64-bit integer, negative for a signal); without one the process is our own child.
  /// `pool` is the name of a named pool.
  WorkerProcess(int index, pid_t pid, Descriptor pidfd, Descriptor status, std::string pool = {});

  int index() const { return index_; }
  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }
  std::string name() const;

  bool exited(const Deadline& deadline) const;

  /// Has the worker write the stacks of its Python threads to its standard error; false where it
  /// cannot yet.
  bool ask_for_stacks();

  /// The same, and gives it a moment for that.
  void dump_stacks();

  /// SIGKILL to the worker and its process group; the first reason given is kept.
  void kill(const std::string& reason);

  /// The same since a task has not ended in time: what runs beside it has no part in that.
  void kill_overdue(const std::string& reason) {
    overdue_ = true;
    kill(reason);
  }
  bool overdue() const { return overdue_; }
  std::string kill_reason() const;

  /// Counts a task that the worker ended.
  void count_served() { recycling.task_ended(pid_, ++served_); }
  uint64_t served() const { return served_; }

  /// Seconds since it was started.
  double age() const {
    return std::chrono::duration<double>(Deadline::Clock::now() - started_).count();
  }

  /// What the pool does with it, as long as it lives and nobody kills it.
  enum class Stage { Starting, Serving, Draining };
  std::atomic<Stage> stage{Stage::Starting};

  WorkerActivity activity;
  Handles handles;
  StackCapture stacks;
  Recycling recycling;

  /// What the process wrote last, at most 2 KiB.
  void add_last_words(const char* data, size_t size);
  std::string last_words() const;

  /// Reaps an own child; waits at most one second for the status of a dead process.
  ExitStatus exit_status();

 private:
  const int index_;
  const pid_t pid_;
  const std::string pool_;
  const Descriptor pidfd_;
  const Descriptor status_;
  const Deadline::Clock::time_point started_ = Deadline::Clock::now();
  std::atomic<uint64_t> served_{0};
  std::atomic<bool> overdue_{false};
  mutable std::mutex mutex_;
  std::string kill_reason_;
  std::string last_words_;
  std::mutex exit_mutex_;
  std::optional<ExitStatus> exit_;
};

}  // namespace orthanc_runtime
