// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of Orthanc on their way to Python callbacks, by threads of ours.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <string>

#include "dispatch/deadline.h"

namespace orthanc_runtime {

struct Change {
  OrthancPluginChangeType type = OrthancPluginChangeType_OrthancStopped;
  OrthancPluginResourceType level = OrthancPluginResourceType_None;
  std::string resource;
};

/// Those of one resource come one after the other, in their order; with one thread all do.
class ChangeQueue {
 public:
  /// Where more changes than `maximum` would wait, 0 for any number, they are lost, and the log
  /// says so.
  explicit ChangeQueue(size_t maximum);
  /// With the GIL.
  ~ChangeQueue();
  ChangeQueue(const ChangeQueue&) = delete;
  ChangeQueue& operator=(const ChangeQueue&) = delete;

  /// With the GIL. Each change goes to all callbacks, in the order of their registration. There
  /// will be this many threads, or more.
  void add_callback(pybind11::object callback, size_t threads);

  /// Without the GIL. ORTHANC_STOPPED passes the others.
  void push(Change change);

  /// Drops what is left but ORTHANC_STOPPED, and waits for the callbacks that run. False at the
  /// deadline: a callback is stuck.
  bool stop(const Deadline& deadline);

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace orthanc_runtime
