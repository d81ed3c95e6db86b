// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of Orthanc: for callbacks that run in Orthanc one after the other, for offloaded ones as
// many at once as there are workers.
#pragma once

#include "callbacks/change_queue.h"

namespace orthanc_runtime {

/// The core delivers changes on one thread, and ORTHANC_STOPPED on its main thread: a callback
/// that took its time there would hold up the stop. So the core's thread only leaves a note.
class Changes {
 public:
  /// Of offloaded callbacks: 10 MB.
  static constexpr size_t kMaximum = 100'000;

  /// With the GIL. Callbacks run in the order of their registration, offloaded ones apart.
  void add_callback(const pybind11::object& callback);

  /// Without the GIL.
  void push(OrthancPluginChangeType change, OrthancPluginResourceType level, const char* resource);

  /// See ChangeQueue.
  bool stop(const Deadline& deadline);

 private:
  ChangeQueue in_master_{0};
  ChangeQueue offloaded_{kMaximum};
};

}  // namespace orthanc_runtime
