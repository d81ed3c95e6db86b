// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of the status among the metrics of Orthanc, under the names that Prometheus expects.
#include <algorithm>
#include <exception>
#include <string>

#include "callbacks/operations.h"
#include "dispatch/log_writer.h"
#include "dispatch/pool_status.h"
#include "runtime.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

// Of kDurations: each one is a series of its own in Prometheus.
constexpr std::array kShownDurations{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                     0.025,  0.05,    0.1,    0.25,  0.5,    1.0,   2.5,
                                     5.0,    10.0,    30.0,   60.0,  300.0};

/// The core writes a name as it is, so that it may carry labels. Of each it keeps a single float.
class PoolMetrics {
 public:
  explicit PoolMetrics(const std::string& pool) : pool_("pool=\"" + pool + "\"") {}

  void set(const std::string& name, double value, const std::string& label = {}) const {
    const std::string labels = label.empty() ? pool_ : pool_ + "," + label;
    const std::string full = "orthanc_runtime_" + name + "{" + labels + "}";
    OrthancPluginSetMetricsValue(sdk(), full.c_str(), static_cast<float>(value),
                                 OrthancPluginMetricsType_Default);
  }

 private:
  const std::string pool_;
};

std::string label(const char* name, const std::string& value) {
  return std::string(name) + "=\"" + value + "\"";
}

std::string decimal(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  return text.back() == '.' ? text + "0" : text;
}

bool is_shown(double duration) {
  return std::find(kShownDurations.begin(), kShownDurations.end(), duration) !=
         kShownDurations.end();
}

void set_workers(const PoolMetrics& metrics, const Pool& pool) {
  std::array<uint64_t, kWorkerStates.size()> states{};
  uint64_t memory = 0;
  double oldest = 0;
  for (const WorkerStatus& worker : worker_statuses(pool)) {
    ++states.at(static_cast<size_t>(worker.state));
    memory += worker.memory;
    for (const RunningTask& task : worker.running) {
      oldest = std::max(oldest, task.age);
    }
  }
  for (const WorkerState state : kWorkerStates) {
    metrics.set("workers", static_cast<double>(states.at(static_cast<size_t>(state))),
                label("state", worker_state_name(state)));
  }
  metrics.set("workers_wanted", static_cast<double>(pool.limits().count));
  metrics.set("workers_memory_bytes", static_cast<double>(memory));
  metrics.set("oldest_task_seconds", oldest);
}

void set_tasks(const PoolMetrics& metrics, const Pool& pool) {
  const TaskStatistics& statistics = pool.statistics();
  for (const Ending ending : kEndings) {
    metrics.set("tasks_total", static_cast<double>(statistics.count(ending)),
                label("outcome", ending_name(ending)));
  }
  const TaskStatistics::Buckets durations = statistics.durations();
  uint64_t count = 0;
  for (size_t i = 0; i < durations.size(); ++i) {
    count += durations.at(i);
    if (i < kDurations.size() && is_shown(kDurations.at(i))) {
      metrics.set("task_seconds_bucket", static_cast<double>(count),
                  label("le", decimal(kDurations.at(i))));
    }
  }
  metrics.set("task_seconds_bucket", static_cast<double>(count), label("le", "+Inf"));
  metrics.set("task_seconds_count", static_cast<double>(count));
  metrics.set("task_seconds_sum", statistics.total_seconds());
}

void set_queue(const PoolMetrics& metrics, const Pool& pool) {
  const PoolCounters counters = pool.counters();
  metrics.set("queue_waiting", static_cast<double>(counters.waiting));
  metrics.set("queue_admitted", static_cast<double>(counters.admitted));
  metrics.set("queue_maximum_admitted", static_cast<double>(pool.limits().admitted));
  metrics.set("pool_serving", pool.stopping() || !pool.broken().empty() ? 0 : 1);
}

}  // namespace

void refresh_pool_metrics() noexcept {
  try {
    const std::shared_ptr<const Pools> pools = runtime().pools();
    for (const std::shared_ptr<Pool>& pool : *pools) {
      const PoolMetrics metrics(pool->name());
      set_workers(metrics, *pool);
      set_tasks(metrics, *pool);
      set_queue(metrics, *pool);
    }
  } catch (const std::exception& error) {
    write_log({LogCode::MetricsFailed, std::string("metrics: ") + error.what()});
  }
}

}  // namespace orthanc_runtime
