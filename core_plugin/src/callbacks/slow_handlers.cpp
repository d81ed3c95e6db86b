// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/slow_handlers.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "dispatch/log_writer.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

constexpr size_t kShown = 10;

timespec processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now;
}

double seconds_between(const timespec& begin, const timespec& end) {
  return static_cast<double>(end.tv_sec - begin.tv_sec) +
         static_cast<double>(end.tv_nsec - begin.tv_nsec) * 1e-9;
}

}  // namespace

SlowHandlers::Call::Call(SlowHandlers& handlers, const char* method, const std::string& pattern)
    : handlers_(handlers), method_(method), pattern_(pattern) {
  if (handlers_.threshold_ > 0) {
    used_ = processor_time();
    began_ = std::chrono::steady_clock::now();
  }
}

SlowHandlers::Call::~Call() {
  if (handlers_.threshold_ <= 0) {
    return;
  }
  // The clock of the thread costs a system call, this one none.
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
  if (took.count() < handlers_.threshold_) {
    return;
  }
  // A handler that only waits lets the others run.
  const double seconds = seconds_between(used_, processor_time());
  if (seconds >= handlers_.threshold_) {
    handlers_.add(std::string(method_) + " " + pattern_, seconds);
  }
}

void SlowHandlers::add(const std::string& route, double seconds) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    Record& record = records_[route];
    first = record.count++ == 0;
    record.longest = std::max(record.longest, seconds);
    record.total += seconds;
  }
  if (first) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f", seconds);
    const std::string line =
        "The handler of " + route + " kept Orthanc's Python busy for " + text.data() +
        " s, during which other handlers wait (SlowHandlerWarning). To run it in a worker, write "
        "@offload above it (from orthanc_runtime import offload), or add its pattern to "
        "Python.Workers.OffloadRoutes. This is said once for each route.";
    write_log({LogCode::HandlerSlow, line});
  }
}

std::vector<std::pair<std::string, SlowHandlers::Record>> SlowHandlers::worst() const {
  std::vector<std::pair<std::string, Record>> sorted;
  {
    const std::lock_guard lock(mutex_);
    sorted.assign(records_.begin(), records_.end());
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.second.longest > b.second.longest; });
  sorted.resize(std::min(sorted.size(), kShown));
  return sorted;
}

}  // namespace orthanc_runtime
