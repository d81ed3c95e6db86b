// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Metrics that the script updates when somebody asks for them.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

class RefreshMetrics {
 public:
  /// With the GIL. The first one registers with the core. Callbacks run in order; one that raises
  /// does not keep the others from running.
  void add(pybind11::object callback);

  /// With the GIL.
  void call() const;

 private:
  CallbackList callbacks_;
};

}  // namespace orthanc_runtime
