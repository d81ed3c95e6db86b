// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/pixels.h"

#include <orthanc/OrthancCPlugin.h>

#include <limits>

namespace orthanc_runtime {

namespace {

constexpr uint64_t kMost = std::numeric_limits<uint32_t>::max();

}  // namespace

uint32_t bytes_per_pixel(int32_t format) {
  switch (format) {
    case OrthancPluginPixelFormat_Grayscale8:
      return 1;
    case OrthancPluginPixelFormat_Grayscale16:
    case OrthancPluginPixelFormat_SignedGrayscale16:
      return 2;
    case OrthancPluginPixelFormat_RGB24:
      return 3;
    case OrthancPluginPixelFormat_RGBA32:
    case OrthancPluginPixelFormat_BGRA32:
    case OrthancPluginPixelFormat_Grayscale32:
    case OrthancPluginPixelFormat_Float32:
      return 4;
    case OrthancPluginPixelFormat_RGB48:
      return 6;
    case OrthancPluginPixelFormat_Grayscale64:
      return 8;
    default:
      return 0;
  }
}

std::string image_problem(int32_t format, uint64_t width, uint64_t height, uint64_t pitch) {
  const uint64_t pixel = bytes_per_pixel(format);
  if (pixel == 0) {
    return std::to_string(format) + " is no PixelFormat that an image can have";
  }
  if (width > kMost || height > kMost || pitch > kMost || pitch * height > kMost) {
    return "an image of " + std::to_string(height) + " rows of " + std::to_string(pitch) +
           " bytes is larger than Orthanc can take, " + std::to_string(kMost) + " bytes";
  }
  if (pitch < width * pixel) {
    return "the pitch is " + std::to_string(pitch) + ", less than the " +
           std::to_string(width * pixel) + " bytes of " + std::to_string(width) + " pixels";
  }
  return {};
}

std::string pixels_problem(int32_t format, uint64_t width, uint64_t height, uint64_t pitch,
                           uint64_t length) {
  std::string problem = image_problem(format, width, height, pitch);
  if (problem.empty() && length < height * pitch) {
    problem = "the image needs " + std::to_string(height * pitch) +
              " bytes (height times pitch), the buffer has " + std::to_string(length);
  }
  return problem;
}

}  // namespace orthanc_runtime
