// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Decoders of DICOM images in Python.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <cstdint>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

/// They are asked in the order of their registration, until one returns an image. One that fails
/// is logged, and the next one is asked; after the last one other plugins and Orthanc's own
/// decoder are. Guarded by the GIL.
class ImageDecoders {
 public:
  /// The first one registers with the core.
  void add(pybind11::object decoder);

  /// An image for the core, or null where no decoder has one.
  OrthancPluginImage* decode(const void* dicom, std::uint32_t size, std::uint32_t frame) const;

 private:
  CallbackList decoders_;
};

}  // namespace orthanc_runtime
