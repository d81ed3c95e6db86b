// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/pool.h"

#include "dispatch/http_threads.h"
#include "dispatch/service.h"

namespace orthanc_runtime {

namespace {

constexpr double kExitAfterStop = 1;
constexpr double kServiceEnd = 1;

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
