// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The workers as seen by a request: admission, lanes, tasks, and the end of it all.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dispatch/exchange.h"
#include "dispatch/log_pump.h"
#include "dispatch/quarantine.h"
#include "dispatch/statistics.h"

namespace orthanc_runtime {

/// Of the pool for whatever names no other one.
inline constexpr const char* kDefaultPool = "default";

struct PoolLimits {
  std::string name = kDefaultPool;
  size_t count = 0;               // workers that there should be, for the status
  size_t concurrency = 1;         // tasks that a worker may have at once, for the status
  bool spread = false;            // those tasks, see LaneQueue
  size_t admitted = 1;            // tasks waiting or running at once
  size_t http_threads = 50;       // of Orthanc
  uint16_t http_port = 0;         // of Orthanc; 0 where it has no HTTP server
  double queue_timeout = 45;      // seconds
  double task_timeout = 300;      // seconds, for tasks that name none; 0 is none
  uint64_t quarantine_after = 0;  // crashes of a handler in a row; 0 for no quarantine
  bool functions = false;         // and not only routes are offloaded
  std::string token;              // a request that carries it comes from a worker and never queues
};

struct PoolCounters {
  uint64_t done = 0;
  uint64_t failed = 0;
  uint64_t died = 0;
  uint64_t timeouts = 0;
  uint64_t refused = 0;
  size_t admitted = 0;
  size_t waiting = 0;
  size_t idle = 0;
  size_t workers = 0;
};

class Pool;

/// The threads that serve service sockets; they may outlive the pool by one call into the core.
struct ServiceThreads {
  std::mutex mutex;
  std::condition_variable ended;
  std::map<Channel*, std::shared_ptr<Channel>> channels;
};

/// A worker process that the pool knows; made by Pool::attach.
class Worker {
 public:
  Worker(Pool& pool, std::shared_ptr<WorkerProcess> process);

  WorkerProcess& process() const { return *process_; }
  Pool& pool() const { return pool_; }

  /// From now on the lane serves tasks, one after the other, and the `shared` ones those that share
  /// the worker.
  void publish(Descriptor lane, LanePipes pipes = {}, std::vector<Descriptor> shared = {});

  /// No new task; the lane is closed as soon as it is idle, and the worker leaves.
  void retire();

 private:
  friend class Pool;
  Pool& pool_;
  const std::shared_ptr<WorkerProcess> process_;
  std::shared_ptr<Lane> lane_;
};

class Pool {
 public:
  Pool(std::shared_ptr<Host> host, PoolLimits limits);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  const PoolLimits& limits() const { return limits_; }
  const std::string& name() const { return limits_.name; }
  bool is_default() const { return limits_.name == kDefaultPool; }

  /// A task that comes from a worker of `origin` may wait for one of this pool: workers of the
  /// default pool wait for others, never the other way round, so that no two wait for each other.
  bool may_queue_from(const Pool& origin) const { return may_queue_from(origin.is_default()); }
  bool may_queue_from(bool origin_is_default) const { return origin_is_default && !is_default(); }

  /// Takes over all descriptors; `status` may be empty (see WorkerProcess).
  std::shared_ptr<Worker> attach(int index, pid_t pid, Descriptor pidfd, Descriptor status,
                                 Descriptor service, Descriptor standard_output,
                                 Descriptor standard_error);

  /// After the process has gone: how it ended and its last words. The worker is forgotten.
  std::pair<ExitStatus, std::string> detach(Worker& worker);

  LaneQueue& lanes() { return lanes_; }

  /// Runs a task in the calling thread. Never throws for what a worker or a handler does.
  Outcome run(const Task& task);

  /// Every task fails at once with this reason; an empty one mends the pool.
  void set_broken(const std::string& reason);

  PoolCounters counters() const;
  const TaskStatistics& statistics() const { return statistics_; }

  /// Why every task fails, empty where the pool is sound.
  std::string broken() const;
  bool stopping() const { return stopping_; }

  /// Which generation of workers serves, for the status.
  void set_generation(int generation) { generation_ = generation; }
  int generation() const { return generation_; }

  /// Every worker that has not been detached.
  std::vector<std::shared_ptr<WorkerProcess>> processes() const;

  /// From now on every task that waits or comes answers that Orthanc is stopping.
  void refuse_tasks();

  /// Ends waiting and running tasks, then the workers: EOF, and SIGKILL one second later.
  /// Idempotent.
  void stop();

 private:
  friend class Worker;
  Outcome run_leased(const Task& task, uint64_t id, const Exchange* outer);
  std::optional<Outcome> run_as_guest(Calling& host, const Task& task, uint64_t id,
                                      const Deadline& latest);
  Outcome run_nested(Exchange& own, const Exchange& outer, const Task& task, uint64_t id);
  bool run_again(const Task& task, const Outcome& outcome, int times);
  void learn(const Task& task, const Outcome& outcome);

  const std::shared_ptr<Host> host_;
  const PoolLimits limits_;
  LogPump log_pump_;
  LaneQueue lanes_;
  std::atomic<size_t> admitted_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> is_broken_{false};
  std::atomic<int> generation_{1};
  TaskStatistics statistics_;
  Quarantine quarantine_;

  mutable std::mutex mutex_;
  std::string broken_;
  std::map<Worker*, std::shared_ptr<Worker>> workers_;
  std::map<Lane*, std::shared_ptr<Lane>> leased_;
  const std::shared_ptr<ServiceThreads> services_ = std::make_shared<ServiceThreads>();
};

}  // namespace orthanc_runtime
