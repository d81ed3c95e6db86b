// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How worker processes come to a pool, and leave it.
#include <thread>

#include "dispatch/pool.h"
#include "dispatch/service.h"

namespace orthanc_runtime {

namespace {

constexpr double kLastOutput = 0.2;

}  // namespace

Worker::Worker(Pool& pool, std::shared_ptr<WorkerProcess> process)
    : pool_(pool), process_(std::move(process)) {}

void Worker::publish(Descriptor lane, LanePipes pipes, std::vector<Descriptor> shared) {
  auto made = std::make_shared<Lane>(std::move(lane), process_, std::move(pipes));
  if (!shared.empty()) {
    std::vector<std::shared_ptr<Lane>> lanes;
    lanes.reserve(shared.size());
    for (Descriptor& socket : shared) {
      lanes.push_back(std::make_shared<Lane>(std::move(socket), process_));
    }
    made->shared = std::make_shared<SharedLanes>(lanes);
    for (const std::shared_ptr<Lane>& each : lanes) {
      each->of = made->shared;
    }
  }
  {
    const std::lock_guard lock(pool_.mutex_);
    lane_ = made;
  }
  process_->stage = WorkerProcess::Stage::Serving;
  if (!pool_.lanes_.give(made)) {
    // The pool has stopped meanwhile: closing the lane tells the worker to leave.
    retire();
  }
}

void Worker::retire() {
  process_->stage = WorkerProcess::Stage::Draining;
  std::shared_ptr<Lane> lane;
  {
    const std::lock_guard lock(pool_.mutex_);
    lane.swap(lane_);
  }
  if (lane) {
    pool_.lanes_.discard(lane);
  }
}

std::shared_ptr<Worker> Pool::attach(int index, pid_t pid, Descriptor pidfd, Descriptor status,
                                     Descriptor service, Descriptor standard_output,
                                     Descriptor standard_error) {
  auto process = std::make_shared<WorkerProcess>(index, pid, std::move(pidfd), std::move(status),
                                                 is_default() ? std::string() : name());
  log_pump_.add(process, std::move(standard_output));
  log_pump_.add(process, std::move(standard_error));
  auto worker = std::make_shared<Worker>(*this, process);
  auto channel = std::make_shared<Channel>(std::move(service), process);
  {
    const std::lock_guard lock(mutex_);
    workers_[worker.get()] = worker;
  }
  {
    const std::lock_guard lock(services_->mutex);
    services_->channels[channel.get()] = channel;
  }
  try {
    std::thread([services = services_, channel, process, host = host_, is_default = is_default()] {
      serve_service_socket(*host, *channel, *process, is_default);
      const std::lock_guard lock(services->mutex);
      services->channels.erase(channel.get());
      services->ended.notify_all();
    }).detach();
  } catch (const std::system_error&) {  // as many as the system allows
    {
      const std::lock_guard lock(services_->mutex);
      services_->channels.erase(channel.get());
    }
    const std::lock_guard lock(mutex_);
    workers_.erase(worker.get());
    throw;
  }
  return worker;
}

std::pair<ExitStatus, std::string> Pool::detach(Worker& worker) {
  worker.retire();
  ExitStatus status = worker.process_->exit_status();
  log_pump_.drain(*worker.process_, Deadline::in(kLastOutput));
  const std::lock_guard lock(mutex_);
  workers_.erase(&worker);
  return {status, worker.process_->last_words()};
}

}  // namespace orthanc_runtime
