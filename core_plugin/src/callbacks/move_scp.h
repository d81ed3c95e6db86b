// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// C-MOVE requests of DICOM peers, which the script serves in place of Orthanc.
#pragma once

#include <pybind11/pybind11.h>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

/// Guarded by the GIL.
class MoveScp {
 public:
  /// Each is called with the driver that `create` has returned; without `create` there is
  /// `apply` alone, which serves the whole request.
  struct Callbacks {
    pybind11::object create;
    pybind11::object size;
    pybind11::object apply;
    pybind11::object free;
  };

  /// Raises as DicomServerCallback::claim does.
  void claim(const char* function, const Callbacks& callbacks);

  const Callbacks& callbacks() const { return callbacks_; }

 private:
  SingleRegistration registration_{"C-MOVE"};
  Callbacks callbacks_;
};

}  // namespace orthanc_runtime
