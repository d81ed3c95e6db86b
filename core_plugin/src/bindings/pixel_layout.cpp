// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/pixel_layout.h"

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <string>

namespace orthanc_runtime {

PixelLayout pixel_layout(std::int32_t format) {
  switch (format) {
    case OrthancPluginPixelFormat_Grayscale8:
      return {"B", 1, 1};
    case OrthancPluginPixelFormat_Grayscale16:
      return {"H", 2, 1};
    case OrthancPluginPixelFormat_SignedGrayscale16:
      return {"h", 2, 1};
    case OrthancPluginPixelFormat_Grayscale32:
      return {"I", 4, 1};
    case OrthancPluginPixelFormat_Grayscale64:
      return {"Q", 8, 1};
    case OrthancPluginPixelFormat_Float32:
      return {"f", 4, 1};
    case OrthancPluginPixelFormat_RGB24:
      return {"B", 1, 3};
    case OrthancPluginPixelFormat_RGBA32:
    case OrthancPluginPixelFormat_BGRA32:
      return {"B", 1, 4};
    case OrthancPluginPixelFormat_RGB48:
      return {"H", 2, 3};
    default:
      throw pybind11::value_error(std::to_string(format) +
                                  " is no PixelFormat that an image can have");
  }
}

}  // namespace orthanc_runtime
