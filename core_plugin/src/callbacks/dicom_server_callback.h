// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What answers the queries of DICOM peers, in place of Orthanc: one callback for each kind.
#pragma once

#include <pybind11/pybind11.h>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

/// Raises RuntimeError once the script has been imported: Orthanc looks for such callbacks only
/// when its DICOM server starts, and would say nothing. With the GIL.
void require_import(const char* function);

/// One Python function that decides alone. Guarded by the GIL.
class DicomServerCallback {
 public:
  /// `kind` as in SingleRegistration.
  explicit DicomServerCallback(const char* kind) : registration_(kind) {}

  /// `function` is the one that Python has called. Raises TypeError for what cannot be called,
  /// RuntimeError where it is too late or there is a callback already.
  void claim(const char* function, const pybind11::object& callback);

  const pybind11::object& get() const { return callback_; }

 private:
  SingleRegistration registration_;
  pybind11::object callback_;
};

}  // namespace orthanc_runtime
