// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of Orthanc, delivered to Python by one thread, one after the other.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dispatch/deadline.h"

namespace orthanc_runtime {

/// The core delivers changes on one thread, and ORTHANC_STOPPED on its main thread: a callback
/// that took its time there would hold up the stop. So the core's thread only leaves a note.
class Changes {
 public:
  Changes();
  ~Changes();
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  /// With the GIL. Callbacks run in the order of their registration.
  void add_callback(pybind11::object callback);

  /// Without the GIL. ORTHANC_STOPPED passes the others.
  void push(OrthancPluginChangeType change, OrthancPluginResourceType level, const char* resource);

  /// Drops what is left but ORTHANC_STOPPED, and waits for the callback that runs. False at the
  /// deadline: a callback is stuck.
  bool stop(const Deadline& deadline);

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace orthanc_runtime
