// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Audit logs, which plugins emit and handle.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

class AuditLogHandlers {
 public:
  /// With the GIL. The first one registers with the core. Handlers run in order; one that raises
  /// does not keep the others from running.
  void add(pybind11::object handler);

  /// With the GIL.
  void call(const pybind11::tuple& arguments) const;

 private:
  CallbackList handlers_;
};

}  // namespace orthanc_runtime
