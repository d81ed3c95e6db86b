// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/stacks.h"

#include <pthread.h>
#include <pybind11/pybind11.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <mutex>
#include <thread>

#include "dispatch/pool_status.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

constexpr auto kGilWait = std::chrono::seconds(1);
constexpr double kWorkersWait = 1;

std::mutex asking;  // one report at a time
int stacks_signal = 0;
int stacks_fd = -1;

std::string stacks_with_gil() {
  const PyGILState_STATE gil = PyGILState_Ensure();
  std::string text;
  try {
    text = py::module_::import("orthanc_runtime.master_stacks")
               .attr("all_stacks")()
               .attr("encode")("utf-8", "backslashreplace")
               .cast<std::string>();
  } catch (py::error_already_set& error) {
    text = std::string("they cannot be described: ") + error.what() + "\n";
  }
  PyGILState_Release(gil);
  return text;
}

/// A thread keeps the GIL, so no stack changes while they are read.
std::string stacks_by_signal() {
  if (stacks_signal == 0 || ftruncate(stacks_fd, 0) != 0 || lseek(stacks_fd, 0, SEEK_SET) != 0) {
    return "a thread keeps the GIL, and there is no signal for the stacks\n";
  }
  sigset_t signals{};
  sigset_t before{};
  sigemptyset(&signals);
  sigaddset(&signals, stacks_signal);
  pthread_sigmask(SIG_UNBLOCK, &signals, &before);
  pthread_kill(pthread_self(), stacks_signal);  // has been handled when this returns
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  std::string text = "a thread has kept the GIL for a second\n";
  std::array<char, 4096> part{};
  off_t place = 0;
  for (ssize_t size = 0; (size = pread(stacks_fd, part.data(), part.size(), place)) > 0;) {
    text.append(part.data(), static_cast<size_t>(size));
    place += size;
  }
  return text;
}

std::string stacks_of_master() {
  const auto promise = std::make_shared<std::promise<std::string>>();
  std::future<std::string> text = promise->get_future();
  std::thread([promise] { promise->set_value(stacks_with_gil()); }).detach();
  return text.wait_for(kGilWait) == std::future_status::ready ? text.get() : stacks_by_signal();
}

std::string running(const WorkerProcess& process) {
  std::string text;
  for (const RunningTask& task : process.activity.now()) {
    text += ", runs " + task.what + " (task " + std::to_string(task.id) + ") since " +
            std::to_string(task.age) + " s";
  }
  return text;
}

}  // namespace

void prepare_master_stacks() {
  if (stacks_fd >= 0) {
    return;
  }
  const py::object signalled =
      py::module_::import("orthanc_runtime.master_stacks").attr("signalled");
  stacks_signal = signalled.attr("signal").cast<int>();
  stacks_fd = signalled.attr("fd").cast<int>();
}

std::string stacks_report(const Runtime& now) {
  const std::lock_guard lock(asking);
  std::vector<std::pair<std::shared_ptr<WorkerProcess>, bool>> workers;
  const std::shared_ptr<const Pools> pools = now.pools();
  for (const std::shared_ptr<Pool>& pool : *pools) {
    for (const std::shared_ptr<WorkerProcess>& process : pool->processes()) {
      process->stacks.begin();
      workers.emplace_back(process, process->ask_for_stacks());
    }
  }
  const Deadline deadline = Deadline::in(kWorkersWait);
  std::string report;
  for (const auto& [process, asked] : workers) {
    const std::string stacks = process->stacks.end(asked ? deadline : Deadline::in(0));
    report += "== " + process->name() + running(*process) + "\n" +
              (stacks.empty() ? "it does not answer\n" : stacks) + "\n";
  }
  return "== Orthanc (pid " + std::to_string(getpid()) + ")\n" + stacks_of_master() + "\n" + report;
}

}  // namespace orthanc_runtime
