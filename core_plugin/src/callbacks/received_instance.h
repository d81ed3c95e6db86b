// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// DICOM instances that Orthanc has just received: kept, modified, or discarded by the script.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

/// The core takes one such callback; the script may have several. Their results add up, so they
/// run in the order of their registration, each on the instance as those before have left it,
/// until one discards it. Like this, scripts that know nothing of each other can both be used.
class ReceivedInstanceCallbacks {
 public:
  /// With the GIL. The first one registers with the core.
  void add(pybind11::object callback);

  /// With the GIL. A callback that raises, or returns no (action, data), changes nothing. `action`
  /// holds, too, where this raises: what was to be modified must not be stored as it came.
  void call(const void* dicom, uint64_t size, OrthancPluginInstanceOrigin origin,
            OrthancPluginMemoryBuffer64* modified, OrthancPluginReceivedInstanceAction& action);

 private:
  CallbackList callbacks_;
};

}  // namespace orthanc_runtime
