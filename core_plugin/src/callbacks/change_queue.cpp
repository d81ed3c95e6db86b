// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/change_queue.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "bindings/conversions.h"
#include "dispatch/log_writer.h"
#include "errors.h"
#include "python_stack.h"

namespace py = pybind11;

namespace orthanc_runtime {

/// Shared with the threads, which a stuck callback may keep beyond the life of the plugin's start.
struct ChangeQueue::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Change> waiting;
  std::set<std::string> under_way;    // resources
  std::vector<py::object> callbacks;  // guarded by the GIL
  size_t running = 0;                 // threads
  size_t lost = 0;                    // since the queue was full
  bool stopping = false;
  const size_t maximum;

  explicit State(size_t maximum) : maximum(maximum) {}
  void run();
  std::optional<Change> take();
  void deliver(const Change& change) const;
};

void ChangeQueue::State::run() {
  while (const std::optional<Change> change = take()) {
    try {
      enter_python([&] { deliver(*change); });
    } catch (const std::exception& error) {
      write_log({LogCode::ChangeLost, std::string("A change was not delivered: ") + error.what()});
    }
    const std::lock_guard lock(mutex);
    under_way.erase(change->resource);
    changed.notify_all();
  }
  const std::lock_guard lock(mutex);
  --running;
  changed.notify_all();
}

/// Nothing at the end.
std::optional<Change> ChangeQueue::State::take() {
  std::unique_lock lock(mutex);
  for (;;) {
    const auto next = std::find_if(waiting.begin(), waiting.end(), [this](const Change& change) {
      return under_way.count(change.resource) == 0;
    });
    if (next != waiting.end()) {
      Change change = std::move(*next);
      waiting.erase(next);
      under_way.insert(change.resource);
      const size_t gone = std::exchange(lost, 0);
      lock.unlock();
      if (gone > 0) {
        write_log({LogCode::ChangeLost, std::to_string(gone) + " changes were not delivered"});
      }
      return change;
    }
    if (stopping && waiting.empty()) {
      return std::nullopt;
    }
    changed.wait(lock);
  }
}

void ChangeQueue::State::deliver(const Change& change) const {
  const std::vector<py::object> present = callbacks;
  for (const py::object& callback : present) {
    try {
      callback(enum_member("ChangeType", change.type), enum_member("ResourceType", change.level),
               copy_string(change.resource.c_str()));
    } catch (py::error_already_set& error) {
      error.restore();
      report_python_error(LogCode::CallbackRaised, "the OnChange callback");
    }
  }
}

ChangeQueue::ChangeQueue(size_t maximum) : state_(std::make_shared<State>(maximum)) {}

ChangeQueue::~ChangeQueue() { state_->callbacks.clear(); }

void ChangeQueue::add_callback(py::object callback, size_t threads) {
  state_->callbacks.push_back(std::move(callback));
  const std::lock_guard lock(state_->mutex);
  for (; state_->running < threads; ++state_->running) {
    std::thread([state = state_] { state->run(); }).detach();
  }
}

void ChangeQueue::push(Change change) {
  bool is_first_lost = false;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->running == 0 || state_->stopping) {
      return;
    }
    if (change.type == OrthancPluginChangeType_OrthancStopped) {
      state_->waiting.push_front(std::move(change));
    } else if (state_->maximum == 0 || state_->waiting.size() < state_->maximum) {
      state_->waiting.push_back(std::move(change));
    } else {
      is_first_lost = state_->lost++ == 0;
    }
    state_->changed.notify_all();
  }
  if (is_first_lost) {
    write_log({LogCode::ChangeLost, "Changes are not delivered, as " +
                                        std::to_string(state_->maximum) +
                                        " wait for the OnChange callbacks"});
  }
}

bool ChangeQueue::stop(const Deadline& deadline) {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  auto& waiting = state_->waiting;
  if (!waiting.empty() && waiting.front().type == OrthancPluginChangeType_OrthancStopped) {
    waiting.resize(1);
  } else {
    waiting.clear();
  }
  state_->changed.notify_all();
  return state_->changed.wait_until(lock, deadline.at(), [this] { return state_->running == 0; });
}

}  // namespace orthanc_runtime
