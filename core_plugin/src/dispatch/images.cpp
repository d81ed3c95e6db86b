// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/images.h"

#include <cstring>

#include "dispatch/pixels.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

OrthancPluginImage* create(int32_t format, uint32_t width, uint32_t height) {
  return OrthancPluginCreateImage(sdk(), static_cast<OrthancPluginPixelFormat>(format), width,
                                  height);
}

}  // namespace

OrthancPluginImage* create_black_image(int32_t format, uint32_t width, uint32_t height) {
  OrthancPluginImage* const image = create(format, width, height);
  void* const pixels = image == nullptr ? nullptr : OrthancPluginGetImageBuffer(sdk(), image);
  if (pixels != nullptr) {
    std::memset(pixels, 0, size_t{OrthancPluginGetImagePitch(sdk(), image)} * height);
  }
  return image;
}

OrthancPluginImage* create_image_of(int32_t format, uint32_t width, uint32_t height, uint64_t pitch,
                                    const char* pixels) {
  OrthancPluginImage* const image = create(format, width, height);
  auto* const target =
      image == nullptr ? nullptr : static_cast<char*>(OrthancPluginGetImageBuffer(sdk(), image));
  if (target != nullptr) {
    const size_t target_pitch = OrthancPluginGetImagePitch(sdk(), image);
    const size_t row = size_t{width} * bytes_per_pixel(format);
    for (size_t y = 0; y < height; ++y) {
      std::memcpy(target + y * target_pitch, pixels + y * pitch, row);
    }
  }
  return image;
}

OrthancPluginErrorCode answer_image(OrthancPluginRestOutput* output,
                                    OrthancPluginImageFormat compression, int32_t format,
                                    uint32_t width, uint32_t height, uint32_t pitch,
                                    const void* pixels, uint8_t quality) {
  const _OrthancPluginCompressAndAnswerImage parameters{
      output, compression, static_cast<OrthancPluginPixelFormat>(format), width, height, pitch,
      pixels, quality};
  return sdk()->InvokeService(sdk(), _OrthancPluginService_CompressAndAnswerImage, &parameters);
}

}  // namespace orthanc_runtime
