// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/pool.h"

#include "dispatch/http_threads.h"
#include "dispatch/service.h"

namespace orthanc_runtime {

namespace {

constexpr double kExitAfterStop = 1;
constexpr double kServiceEnd = 1;
constexpr int kRunsAgain = 2;

Outcome refused(Ending ending, uint64_t id, const std::string& message) {
  Outcome outcome;
  outcome.ending = ending;
  outcome.task = id;
  outcome.message = message;
  return outcome;
}

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

uint64_t new_task_id() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

std::string task_name(uint64_t id, const std::string& request_id) {
  const std::string name = "task " + std::to_string(id);
  return request_id.empty() ? name : name + ", request " + request_id;
}

Pool::Pool(std::shared_ptr<Host> host, PoolLimits limits)
    : host_(std::move(host)),
      limits_(std::move(limits)),
      log_pump_(*host_),
      lanes_(limits_.spread),
      quarantine_(limits_.quarantine_after) {
  host_->limit_http_threads(limits_.http_threads, limits_.http_port);
  if (limits_.functions) {
    host_->note_functions();
  }
}

Pool::~Pool() { stop(); }

Outcome Pool::run(const Task& task) {
  const uint64_t id = task.id;
  const auto came = Deadline::Clock::now();
  Exchange* const outer = Exchange::innermost();
  Exchange* const own = Exchange::innermost_of(*this);
  if (const auto refusal = quarantine_.refusal(task.handler, came)) {
    Outcome outcome = refused(Ending::Quarantined, id, *refusal);
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
    return refused(Ending::TooDeep, id,
                   "offloaded handlers reached each other through Orthanc more than " +
                       std::to_string(kMaximumDepth) + " deep");
  }
  // Its lane may be with a guest.
  const AloneWith alone(lanes_, own.calling(),
                        Deadline::in(limits_.queue_timeout).earlier(outer.deadline()));
  if (!alone) {
    return refused(Ending::Saturated, id,
                   "its worker did not become free within QueueTimeout of a task that runs within "
                   "the same one");
  }
  const Deadline deadline = Deadline::timeout(task.timeout).earlier(outer.deadline());
  Exchange exchange(*host_, own.lane(), static_cast<uint8_t>(depth), deadline, this);
  auto outcome = exchange.run(task, id);
  if (outcome && outcome->crashed) {
    own.nested_has_crashed();
  }
  if (!outcome) {
    return refused(Ending::WorkerDied, id,
                   own.lane()->process->name() + " ended before it took " + task.label);
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
    return refused(Ending::Saturated, id,
                   "all workers are busy and " + std::to_string(limits_.admitted) +
                       " tasks are under way or waiting");
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
      return refused(Ending::Broken, id, broken_);
    }
    const Sharing sharing{task.handler, task.concurrency};
    LaneQueue::Lease lease = lanes_.lease(
        queue_deadline, [&](Lane& lane) { return Exchange::start(lane, task, id); },
        task.concurrency > 1 ? &sharing : nullptr, guest);
    if (lease.refusal == LaneQueue::Refusal::Interrupted) {
      continue;
    }
    if (lease.refusal == LaneQueue::Refusal::Closed) {
      return refused(Ending::Stopping, id, "Orthanc is stopping");
    }
    if (lease.refusal == LaneQueue::Refusal::Timeout) {
      return refused(Ending::Saturated, id,
                     may_queue ? "no worker became free within QueueTimeout"
                               : "no worker is free for a request that comes from a worker");
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
      return refused(Ending::Stopping, id, "Orthanc is stopping");
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

void Pool::set_broken(const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    broken_ = reason;
    is_broken_ = !reason.empty();
  }
  lanes_.interrupt();
}

PoolCounters Pool::counters() const {
  PoolCounters counters;
  counters.done = statistics_.count(Ending::Done);
  counters.failed = statistics_.count(Ending::HandlerFailed);
  counters.died = statistics_.count(Ending::WorkerDied);
  counters.timeouts = statistics_.count(Ending::DeadlinePassed);
  for (const Ending ending : {Ending::Saturated, Ending::Stopping, Ending::Broken, Ending::TooDeep,
                              Ending::TooLarge, Ending::Quarantined}) {
    counters.refused += statistics_.count(ending);
  }
  counters.admitted = admitted_;
  counters.waiting = lanes_.waiting();
  counters.idle = lanes_.idle();
  const std::lock_guard lock(mutex_);
  counters.workers = workers_.size();
  return counters;
}

std::string Pool::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

std::vector<std::shared_ptr<WorkerProcess>> Pool::processes() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<WorkerProcess>> processes;
  processes.reserve(workers_.size());
  for (const auto& [address, worker] : workers_) {
    processes.push_back(worker->process_);
  }
  return processes;
}

void Pool::refuse_tasks() {
  stopping_ = true;
  lanes_.close();
}

void Pool::stop() {
  refuse_tasks();
  std::vector<std::shared_ptr<Worker>> workers;
  {
    const std::lock_guard lock(mutex_);
    // Whoever still runs has had its time; the thread that waits for it answers at once.
    for (auto& [address, lane] : leased_) {
      lane->process->kill("Orthanc stops");
    }
    for (auto& [address, worker] : workers_) {
      worker->lane_.reset();
      workers.push_back(worker);
    }
  }
  const Deadline deadline = Deadline::in(kExitAfterStop);
  for (const auto& worker : workers) {
    if (!worker->process().exited(deadline)) {
      worker->process().kill("Orthanc stops");
      worker->process().exited(Deadline::in(kExitAfterStop));
    }
  }
  std::unique_lock lock(services_->mutex);
  for (auto& [address, channel] : services_->channels) {
    channel->shut();
  }
  services_->ended.wait_until(lock, Deadline::in(kServiceEnd).at(),
                              [this] { return services_->channels.empty(); });
}

}  // namespace orthanc_runtime
