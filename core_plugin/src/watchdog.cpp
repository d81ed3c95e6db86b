// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watchdog.h"

#include <Python.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "dispatch/log_writer.h"

namespace orthanc_runtime {

namespace {

constexpr int kExitCode = 70;  // EX_SOFTWARE of sysexits.h

}  // namespace

/// Shared with the threads of the watchdog, which may outlive the start they belong to.
struct Watchdog::State {
  std::mutex mutex;
  std::condition_variable disarmed;
  bool armed = false;
  std::multiset<unsigned long> handlers;

  bool wait_disarmed(std::chrono::duration<double> time) {
    std::unique_lock lock(mutex);
    return disarmed.wait_for(lock, time, [this] { return !armed; });
  }

  size_t running() {
    const std::lock_guard lock(mutex);
    return handlers.size();
  }

  void interrupt_handlers() {
    const PyGILState_STATE gil = PyGILState_Ensure();
    {
      const std::lock_guard lock(mutex);
      for (const unsigned long thread : handlers) {
        PyThreadState_SetAsyncExc(thread, PyExc_SystemExit);
      }
    }
    PyGILState_Release(gil);
  }
};

Watchdog::Watchdog() : state_(std::make_shared<State>()) {}

Watchdog::Handler::Handler(Watchdog& watchdog)
    : watchdog_(watchdog), thread_(PyThread_get_thread_ident()) {
  const std::lock_guard lock(watchdog_.state_->mutex);
  watchdog_.state_->handlers.insert(thread_);
}

Watchdog::Handler::~Handler() {
  const std::lock_guard lock(watchdog_.state_->mutex);
  const auto found = watchdog_.state_->handlers.find(thread_);
  watchdog_.state_->handlers.erase(found);
}

void Watchdog::interrupt_handlers() {
  const size_t running = state_->running();
  if (running > 0) {
    write_log({LogCode::HandlersInterrupted,
               std::to_string(running) +
                   " handlers in the master interpreter do not return within ShutdownTimeout, "
                   "they get SystemExit"});
    std::thread([state = state_] { state->interrupt_handlers(); }).detach();
  }
}

void Watchdog::arm(double seconds) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->armed = true;
  }
  std::thread([state = state_, seconds] {
    if (!state->wait_disarmed(std::chrono::duration<double>(seconds))) {
      write_log({LogCode::ProcessEnded, "Orthanc does not stop: the process ends now"});
      _exit(kExitCode);
    }
  }).detach();
}

void Watchdog::disarm() {
  const std::lock_guard lock(state_->mutex);
  state_->armed = false;
  state_->disarmed.notify_all();
}

}  // namespace orthanc_runtime
