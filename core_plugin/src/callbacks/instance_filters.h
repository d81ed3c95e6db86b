// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Whether Orthanc stores the DICOM instances that it receives.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <cstdint>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

/// All filters run, in the order of their registration; the first one that refuses decides, and
/// one that fails refuses where no other does. Guarded by the GIL.
class CStoreFilters {
 public:
  /// The first one registers with the core.
  void add(pybind11::object filter);

  /// The DIMSE status to answer, 0 where the instance is accepted.
  uint16_t decide(const OrthancPluginDicomInstance* instance) const;

 private:
  CallbackList filters_;
};

/// The same for instances on any way into Orthanc.
class DicomInstanceFilters {
 public:
  void add(pybind11::object filter);

  /// What the core expects: 1 to store the instance, 0 to discard it, -1 for an error.
  int32_t decide(const OrthancPluginDicomInstance* instance) const;

 private:
  CallbackList filters_;
};

}  // namespace orthanc_runtime
