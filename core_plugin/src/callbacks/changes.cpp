// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/changes.h"

#include "bindings/conversions.h"
#include "dispatch/log_writer.h"
#include "errors.h"
#include "python_stack.h"
#include "sdk.h"

namespace py = pybind11;

namespace orthanc_runtime {

/// Shared with the thread, which a stuck callback may keep beyond the life of the plugin's start.
struct Changes::State {
  struct Change {
    OrthancPluginChangeType type = OrthancPluginChangeType_OrthancStopped;
    OrthancPluginResourceType level = OrthancPluginResourceType_None;
    std::string resource;
  };

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Change> queue;
  std::vector<py::object> callbacks;  // guarded by the GIL
  bool has_callbacks = false;
  bool stopping = false;
  bool ended = true;
  std::thread thread;

  void run();
  void deliver(const Change& change);
};

void Changes::State::run() {
  for (;;) {
    Change change;
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) {
        break;
      }
      change = std::move(queue.front());
      queue.pop_front();
    }
    try {
      enter_python([&] { deliver(change); });
    } catch (const std::exception& error) {
      write_log({LogCode::ChangeLost, std::string("A change was not delivered: ") + error.what()});
    }
  }
  const std::lock_guard lock(mutex);
  ended = true;
  changed.notify_all();
}

void Changes::State::deliver(const Change& change) {
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

Changes::Changes() : state_(std::make_shared<State>()) {}

Changes::~Changes() {
  if (state_->thread.joinable()) {
    state_->thread.detach();
  }
}

void Changes::add_callback(py::object callback) {
  state_->callbacks.push_back(std::move(callback));
  const std::lock_guard lock(state_->mutex);
  if (!state_->has_callbacks) {
    state_->has_callbacks = true;
    state_->ended = false;
    state_->thread = std::thread([state = state_] { state->run(); });
  }
}

void Changes::push(OrthancPluginChangeType change, OrthancPluginResourceType level,
                   const char* resource) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->has_callbacks || state_->stopping) {
    return;
  }
  State::Change note{change, level, resource != nullptr ? resource : ""};
  if (change == OrthancPluginChangeType_OrthancStopped) {
    state_->queue.push_front(std::move(note));
  } else {
    state_->queue.push_back(std::move(note));
  }
  state_->changed.notify_all();
}

bool Changes::stop(const Deadline& deadline) {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  auto& queue = state_->queue;
  if (!queue.empty() && queue.front().type == OrthancPluginChangeType_OrthancStopped) {
    queue.resize(1);
  } else {
    queue.clear();
  }
  state_->changed.notify_all();
  return state_->changed.wait_until(lock, deadline.at(), [this] { return state_->ended; });
}

}  // namespace orthanc_runtime
