// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// One task on one lane: TASK out, then OUTPUT, CALL and LOG frames until it ends.
#pragma once

#include <functional>
#include <memory>

#include "dispatch/lane_queue.h"
#include "dispatch/task.h"

namespace orthanc_runtime {

class Pool;

/// Runs in the thread that asked, which owns the lane meanwhile.
class Exchange {
 public:
  Exchange(Host& host, std::shared_ptr<Lane> lane, uint8_t depth, const Deadline& deadline,
           Pool* pool = nullptr)
      : host_(host), lane_(std::move(lane)), depth_(depth), deadline_(deadline), pool_(pool) {}

  /// Sends the TASK frame if that can be done without waiting; whether it has.
  static bool start(Lane& lane, const Task& task, uint64_t id);

  /// The exchange whose CALL this thread is serving, if any.
  static Exchange* innermost();

  /// The same among those with a worker of this pool: nested work goes down its lane.
  static Exchange* innermost_of(const Pool& pool);

  /// Empty where the worker had not taken the task: another one may run it. `started` where the
  /// TASK frame has been sent.
  std::optional<Outcome> run(const Task& task, uint64_t id, bool started = false);

  /// False when the lane must not be used again.
  bool lane_is_good() const { return good_; }

  const Pool* pool() const { return pool_; }
  /// While its CALL is being served and guests may come.
  Calling* calling() const { return calling_; }
  const std::shared_ptr<Lane>& lane() const { return lane_; }
  uint8_t depth() const { return depth_; }
  const Deadline& deadline() const { return deadline_; }

  /// Told of the crash of a task that ran within this one.
  void nested_has_crashed() { nested_crashed_ = true; }

 private:
  std::optional<PendingOutput> take_output(const Task& task, const Frame& frame);
  static void apply(const Task& task, const std::optional<PendingOutput>& output);
  bool cancel(const Task& task, uint64_t id);
  void discard_output(const Frame& frame, const Json& head);
  Outcome ended(const Task& task, Outcome outcome) const;
  Outcome converse(const Task& task, uint64_t id, bool started);
  void serve_call(const Task& task, const Frame& frame);
  Outcome worker_died(const Task& task, const std::string& how);
  static std::string passed_deadline(const Task& task);

  Host& host_;
  const std::shared_ptr<Lane> lane_;
  const uint8_t depth_;
  Deadline deadline_;  // once it has cancelled the task, that of its end
  Pool* const pool_;
  Calling* calling_ = nullptr;
  bool cancelled_ = false;
  bool good_ = true;
  bool nested_crashed_ = false;
  bool heard_ = false;  // the worker answered something, so it had taken the task
};

}  // namespace orthanc_runtime
