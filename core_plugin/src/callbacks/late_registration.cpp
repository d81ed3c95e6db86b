// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/late_registration.h"

#include <chrono>
#include <deque>
#include <thread>

#include "dispatch/log_writer.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

// So long callbacks may follow each other without a gap; then new requests are refused until
// those under way have ended.
constexpr double kGrace = 2;
constexpr double kDrain = 10;

// The core looks for a route under a shared lock, and where no plugin has it takes that lock a
// second time, in the same thread: a registration that begins to wait in between waits for ever,
// and all requests with it. During a pause our filter holds requests back; those that had passed it
// are beyond that point after this time.
constexpr std::chrono::milliseconds kSettle{100};

}  // namespace

/// Shared with the thread, which may be waiting for a callback when the plugin's start ends.
struct LateRegistrations::State {
  explicit State(Gate& gate) : gate(gate) {}

  Gate& gate;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> registrations;
  bool stopping = false;
  std::thread thread;

  void run() {
    for (;;) {
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return stopping || !registrations.empty(); });
      }
      {
        const Gate::Pause pause(gate, kGrace, kDrain);
        if (pause.reached()) {
          if (!register_all()) {
            return;
          }
          continue;
        }
      }
      write_log({LogCode::RouteWaits,
                 "REST callbacks that were registered while Orthanc runs begin to work "
                 "once no other one is running; one does not end"});
      const Gate::Pause pause(gate);
      if (!register_all()) {
        return;
      }
    }
  }

  /// During a pause. False when Orthanc stops.
  bool register_all() {
    std::deque<std::function<void()>> taken;
    {
      std::unique_lock lock(mutex);
      if (changed.wait_for(lock, kSettle, [this] { return stopping; })) {
        return false;
      }
      taken.swap(registrations);
    }
    for (const auto& registration : taken) {
      registration();
    }
    return true;
  }
};

LateRegistrations::LateRegistrations(Gate& gate) : state_(std::make_shared<State>(gate)) {}

LateRegistrations::~LateRegistrations() {
  stop();
  if (state_->thread.joinable()) {
    state_->thread.join();
  }
}

void LateRegistrations::add(std::function<void()> registration) {
  const std::lock_guard lock(state_->mutex);
  if (state_->stopping) {
    return;
  }
  state_->registrations.push_back(std::move(registration));
  if (!state_->thread.joinable()) {
    state_->thread = std::thread([state = state_] { state->run(); });
  }
  state_->changed.notify_all();
}

void LateRegistrations::stop() {
  const std::lock_guard lock(state_->mutex);
  state_->stopping = true;
  state_->registrations.clear();
  state_->changed.notify_all();
}

}  // namespace orthanc_runtime
