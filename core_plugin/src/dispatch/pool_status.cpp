// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/pool_status.h"

#include <ctime>

namespace orthanc_runtime {

namespace {

using OrderedJson = nlohmann::ordered_json;

WorkerState state_of(const WorkerProcess& process, bool busy) {
  if (process.exited(Deadline::in(0))) {
    return WorkerState::Exited;
  }
  if (!process.kill_reason().empty()) {
    return WorkerState::Killing;
  }
  switch (process.stage) {
    case WorkerProcess::Stage::Starting:
      return WorkerState::Starting;
    case WorkerProcess::Stage::Draining:
      return WorkerState::Draining;
    default:
      return busy ? WorkerState::Busy : WorkerState::Idle;
  }
}

std::string iso_time(std::chrono::system_clock::time_point time) {
  const auto whole = std::chrono::system_clock::to_time_t(time);
  const auto since = time.time_since_epoch();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count() % 1000;
  tm parts{};
  gmtime_r(&whole, &parts);
  std::array<char, 32> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const std::string fraction = std::to_string(1000 + milliseconds).substr(1);
  return std::string(text.data(), size) + "." + fraction + "Z";
}

OrderedJson tasks(const TaskStatistics& statistics) {
  OrderedJson counts = OrderedJson::object();
  for (const Ending ending : kEndings) {
    counts[ending_name(ending)] = statistics.count(ending);
  }
  return counts;
}

OrderedJson durations(const TaskStatistics& statistics) {
  const TaskStatistics::Buckets counts = statistics.durations();
  OrderedJson buckets = OrderedJson::array();
  uint64_t total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    total += counts.at(i);
    const OrderedJson end = i < kDurations.size() ? OrderedJson(kDurations.at(i)) : OrderedJson();
    buckets.push_back({{"UpTo", end}, {"Count", counts.at(i)}});
  }
  return {{"Count", total}, {"TotalSeconds", statistics.total_seconds()}, {"Buckets", buckets}};
}

OrderedJson failures(const TaskStatistics& statistics, bool describe) {
  OrderedJson list = OrderedJson::array();
  for (const FailedTask& failed : statistics.failures()) {
    OrderedJson entry{{"Time", iso_time(failed.time)},
                      {"Task", failed.task},
                      {"What", failed.what},
                      {"Outcome", ending_name(failed.ending)}};
    if (describe) {
      entry["Reason"] = failed.reason;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

OrderedJson worker_json(const WorkerStatus& worker) {
  OrderedJson running = OrderedJson::array();
  for (const RunningTask& task : worker.running) {
    running.push_back({{"Task", task.id}, {"What", task.what}, {"Age", task.age}});
  }
  return {{"Index", worker.index},
          {"Pid", worker.pid},
          {"State", worker_state_name(worker.state)},
          {"Age", worker.age},
          {"Tasks", worker.served},
          {"Memory", worker.memory},
          {"Objects", worker.objects},
          {"Running", running}};
}

}  // namespace

const char* worker_state_name(WorkerState state) {
  switch (state) {
    case WorkerState::Starting:
      return "starting";
    case WorkerState::Idle:
      return "idle";
    case WorkerState::Busy:
      return "busy";
    case WorkerState::Draining:
      return "draining";
    case WorkerState::Killing:
      return "killing";
    case WorkerState::Exited:
      return "exited";
  }
  return "unknown";
}

std::vector<WorkerStatus> worker_statuses(const Pool& pool) {
  std::vector<WorkerStatus> statuses;
  for (const std::shared_ptr<WorkerProcess>& process : pool.processes()) {
    WorkerStatus status;
    status.index = process->index();
    status.pid = process->pid();
    status.running = process->activity.now();
    status.state = state_of(*process, !status.running.empty());
    status.age = process->age();
    status.served = process->served();
    status.objects = process->handles.count();
    status.memory = resident_memory(process->pid());
    statuses.push_back(std::move(status));
  }
  std::sort(statuses.begin(), statuses.end(), [](const WorkerStatus& a, const WorkerStatus& b) {
    return std::pair(a.index, b.age) < std::pair(b.index, a.age);
  });
  return statuses;
}

OrderedJson pool_status(const Pool& pool, bool describe) {
  const PoolCounters counters = pool.counters();
  const std::string broken = pool.broken();
  OrderedJson workers = OrderedJson::array();
  for (const WorkerStatus& worker : worker_statuses(pool)) {
    workers.push_back(worker_json(worker));
  }
  const char* const state = pool.stopping() ? "stopping" : (broken.empty() ? "serving" : "broken");
  OrderedJson status{{"Name", pool.name()},
                     {"State", state},
                     {"Count", pool.limits().count},
                     {"Concurrency", pool.limits().concurrency},
                     {"Generation", pool.generation()},
                     {"Workers", workers},
                     {"Queue",
                      {{"Waiting", counters.waiting},
                       {"Admitted", counters.admitted},
                       {"MaximumAdmitted", pool.limits().admitted}}},
                     {"Tasks", tasks(pool.statistics())},
                     {"Durations", durations(pool.statistics())},
                     {"LastFailures", failures(pool.statistics(), describe)}};
  if (!broken.empty()) {
    status["Broken"] = broken;
  }
  return status;
}

}  // namespace orthanc_runtime
