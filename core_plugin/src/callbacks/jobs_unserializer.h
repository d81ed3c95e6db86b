// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs that Orthanc has saved, made anew when it starts.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

class JobsUnserializers {
 public:
  /// With the GIL. The first one registers with the core.
  void add(pybind11::object unserializer);

  /// What the first one answers that knows the type; null where none does. With the GIL.
  OrthancPluginJob* make(const char* type, const char* serialized) const;

 private:
  CallbackList unserializers_;
};

}  // namespace orthanc_runtime
