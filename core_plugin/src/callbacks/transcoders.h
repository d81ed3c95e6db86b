// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Transcoders of DICOM files in Python.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <cstdint>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

/// They are asked in the order of their registration, until one returns a DICOM file of one of the
/// transfer syntaxes. One that fails is logged, and the next one is asked; after the last one other
/// plugins and Orthanc's own transcoder are. Guarded by the GIL.
class Transcoders {
 public:
  /// The first one registers with the core.
  void add(pybind11::object transcoder);

  /// Fills `target`; false where no transcoder could.
  bool transcode(OrthancPluginMemoryBuffer* target, const void* dicom, std::uint64_t size,
                 const pybind11::tuple& syntaxes, bool allow_new_sop_instance_uid) const;

 private:
  CallbackList transcoders_;
};

}  // namespace orthanc_runtime
