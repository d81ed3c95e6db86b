// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A task from its admission to its outcome.
#include "dispatch/http_threads.h"
#include "dispatch/pool.h"
#include "dispatch/service.h"

namespace orthanc_runtime {

namespace {

constexpr int kRunsAgain = 2;

/// Keeps guests away from a worker that has to run a task for its own one.
class AloneWith {
 public:
  AloneWith(LaneQueue& lanes, Calling* calling, const Deadline& deadline)
      : lanes_(lanes),
        calling_(calling),
        is_alone_(calling == nullptr || lanes.close_to_guests(*calling, deadline)) {}
  ~AloneWith() {
    if (calling_ != nullptr) {
      lanes_.open(*calling_);
    }
  }
  AloneWith(const AloneWith&) = delete;
  AloneWith& operator=(const AloneWith&) = delete;

  explicit operator bool() const { return is_alone_; }

 private:
  LaneQueue& lanes_;
  Calling* const calling_;
  const bool is_alone_;
};

}  // namespace

Outcome Pool::run(const Task& task) {
  const uint64_t id = task.id;
  const auto came = Deadline::Clock::now();
  Exchange* const outer = Exchange::innermost();
  Exchange* const own = Exchange::innermost_of(*this);
  if (const auto refusal = quarantine_.refusal(task.handler, came)) {
    Outcome outcome = failed(Ending::Quarantined, *refusal, id);
    outcome.request_id = task.request_id;
    statistics_.add(task, outcome, 0);
    return outcome;
  }
  Outcome outcome =
      own != nullptr ? run_nested(*own, *outer, task, id) : run_leased(task, id, outer);
  if (outcome.pending) {
    // The lane is with others by now.
    task.sink->apply(outcome.pending->head, outcome.pending->body.view);
    outcome.pending.reset();
  }
  outcome.request_id = task.request_id;
  learn(task, outcome);
  const std::chrono::duration<double> took = Deadline::Clock::now() - came;
  statistics_.add(task, outcome, took.count());
  return outcome;
}

void Pool::learn(const Task& task, const Outcome& outcome) {
  std::string line;
  if (outcome.crashed) {
    line = quarantine_.crashed(task.handler, outcome.message, Deadline::Clock::now());
  } else if (outcome.ending == Ending::Done || outcome.ending == Ending::HandlerFailed ||
             outcome.ending == Ending::DeadlinePassed) {
    line = quarantine_.succeeded(task.handler);
  } else {
    quarantine_.undecided(task.handler);
  }
  if (!line.empty()) {
    host_->log(LogLine(outcome.crashed ? LogCode::QuarantineBegins : LogCode::QuarantineEnds, line)
                   .of_task(task.id, task.request_id, task.handler)
                   .of_worker(outcome.worker));
  }
}

bool Pool::run_again(const Task& task, const Outcome& outcome, int times) {
  if (!task.idempotent || times == kRunsAgain || (task.sink != nullptr && task.sink->touched())) {
    return false;
  }
  const std::string text = outcome.message + "; being idempotent it is run again (" +
                           task_name(task.id, task.request_id) + ", " + std::to_string(times + 1) +
                           " of " + std::to_string(kRunsAgain) + ")";
  host_->log(LogLine(LogCode::TaskRepeated, text)
                 .of_task(task.id, task.request_id, task.handler)
                 .of_worker(outcome.worker));
  return true;
}

Outcome Pool::run_nested(Exchange& own, const Exchange& outer, const Task& task, uint64_t id) {
  const int depth = own.depth() + 1;
  if (depth > kMaximumDepth) {
    return failed(Ending::TooDeep,
                  "offloaded handlers reached each other through Orthanc more than " +
                      std::to_string(kMaximumDepth) + " deep",
                  id);
  }
  // Its lane may be with a guest.
  const AloneWith alone(lanes_, own.calling(),
                        Deadline::in(limits_.queue_timeout).earlier(outer.deadline()));
  if (!alone) {
    return failed(Ending::Saturated,
                  "its worker did not become free within QueueTimeout of a task that runs within "
                  "the same one",
                  id);
  }
  const Deadline deadline = Deadline::timeout(task.timeout).earlier(outer.deadline());
  Exchange exchange(*host_, own.lane(), static_cast<uint8_t>(depth), deadline, this);
  auto outcome = exchange.run(task, id);
  if (outcome && outcome->crashed) {
    own.nested_has_crashed();
  }
  if (!outcome) {
    return failed(Ending::WorkerDied,
                  own.lane()->process->name() + " ended before it took " + task.label, id);
  }
  return std::move(*outcome);
}

Outcome Pool::run_leased(const Task& task, uint64_t id, const Exchange* outer) {
  struct Admission {
    Admission(std::atomic<size_t>& count, size_t holds)
        : count(count), holds(holds), number(count += holds) {}
    ~Admission() { count -= holds; }
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;
    std::atomic<size_t>& count;
    const size_t holds;
    const size_t number;
  } const admission(admitted_, task.background ? 0 : 1);

  if (!task.background && admission.number > limits_.admitted) {
    return failed(Ending::Saturated,
                  "all workers are busy and " + std::to_string(limits_.admitted) +
                      " tasks are under way or waiting",
                  id);
  }
  const std::optional<bool> service_of_default = service_here();
  const bool may_queue = task.may_queue && (outer == nullptr || may_queue_from(*outer->pool())) &&
                         (!service_of_default || may_queue_from(*service_of_default));
  // Whoever waits for the outer task does not wait for this one any longer.
  const Deadline latest = outer == nullptr ? Deadline::never() : outer->deadline();
  const Deadline queue_deadline =
      task.background ? Deadline::timeout(0)
                      : Deadline::in(may_queue ? limits_.queue_timeout : 0).earlier(latest);
  // Orthanc may hold a lock that each of the tasks that run is waiting for.
  const bool guest = HttpThreads::InCallback::here() && !task.cancellable;
  int runs_again = 0;
  for (;;) {
    if (is_broken_) {
      const std::lock_guard lock(mutex_);
      return failed(Ending::Broken, broken_, id);
    }
    const Sharing sharing{task.handler, task.concurrency};
    LaneQueue::Lease lease = lanes_.lease(
        queue_deadline, [&](Lane& lane) { return Exchange::start(lane, task, id); },
        task.concurrency > 1 ? &sharing : nullptr, guest);
    if (lease.refusal == LaneQueue::Refusal::Interrupted) {
      continue;
    }
    if (lease.refusal == LaneQueue::Refusal::Closed) {
      return failed(Ending::Stopping, "Orthanc is stopping", id);
    }
    if (lease.refusal == LaneQueue::Refusal::Timeout) {
      return failed(Ending::Saturated,
                    may_queue ? "no worker became free within QueueTimeout"
                              : "no worker is free for a request that comes from a worker",
                    id);
    }
    std::optional<Outcome> outcome;
    if (lease.host != nullptr) {
      outcome = run_as_guest(*lease.host, task, id, latest);
    } else {
      {
        const std::lock_guard lock(mutex_);
        leased_[lease.lane.get()] = lease.lane;
      }
      Exchange exchange(*host_, lease.lane, 0, Deadline::timeout(task.timeout).earlier(latest),
                        this);
      outcome = exchange.run(task, id, lease.started);
      {
        const std::lock_guard lock(mutex_);
        leased_.erase(lease.lane.get());
      }
      if (exchange.lane_is_good()) {
        lease.lane->process->count_served();
        lanes_.give(lease.lane);
      } else if (!lanes_.lose(lease.lane) && outcome) {
        outcome->crashed = false;
      }
    }
    if (!outcome) {
      continue;
    }
    if (outcome->ending == Ending::WorkerDied && stopping_) {
      return failed(Ending::Stopping, "Orthanc is stopping", id);
    }
    if (outcome->ending == Ending::WorkerDied && run_again(task, *outcome, runs_again)) {
      ++runs_again;
      continue;
    }
    return std::move(*outcome);
  }
}

std::optional<Outcome> Pool::run_as_guest(Calling& host, const Task& task, uint64_t id,
                                          const Deadline& latest) {
  Exchange& outer = host.exchange;
  const Deadline deadline =
      Deadline::timeout(task.timeout).earlier(latest).earlier(outer.deadline());
  Exchange exchange(*host_, outer.lane(), static_cast<uint8_t>(outer.depth() + 1), deadline, this);
  struct Leaving {
    LaneQueue& lanes;
    Calling& host;
    const Exchange& exchange;
    ~Leaving() { lanes.leave(host, exchange.lane_is_good()); }
  } const leaving{lanes_, host, exchange};
  auto outcome = exchange.run(task, id);
  if (outcome && outcome->crashed) {
    outer.nested_has_crashed();
  }
  return outcome;
}

}  // namespace orthanc_runtime
