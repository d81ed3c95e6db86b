// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Peers that ask whether Orthanc takes care of DICOM instances, answered by the script.
#pragma once

#include <pybind11/pybind11.h>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

/// Guarded by the GIL.
class StorageCommitment {
 public:
  struct Callbacks {
    pybind11::object request;
    pybind11::object lookup;
  };

  /// `function` is the one that Python has called. Raises TypeError for what cannot be called,
  /// RuntimeError where there are callbacks already.
  void claim(const char* function, const Callbacks& callbacks);

  const Callbacks& callbacks() const { return callbacks_; }

 private:
  SingleRegistration registration_{"storage commitment"};
  Callbacks callbacks_;
};

}  // namespace orthanc_runtime
