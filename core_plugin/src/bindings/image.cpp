// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Images from and to bytes.
#include <cstring>

#include "bindings/hand_written.h"

namespace orthanc_runtime {

namespace {

using Image = SdkObject<OrthancPluginImage>;

py::bytes image_buffer(Image& self) {
  const Use<OrthancPluginImage> use(self);
  std::uint64_t size = 0;
  const void* data = nullptr;
  call_sdk([&] {
    size = std::uint64_t{OrthancPluginGetImagePitch(sdk(), use.get())} *
           OrthancPluginGetImageHeight(sdk(), use.get());
    data = OrthancPluginGetImageBuffer(sdk(), use.get());
  });
  if (data == nullptr && size > 0) {
    throw_sdk_error(OrthancPluginErrorCode_InternalError);
  }
  return copy_bytes(data, size);
}

void copy_rows(OrthancPluginImage* image, const void* pixels, std::uint32_t pitch) {
  auto* target = static_cast<char*>(OrthancPluginGetImageBuffer(sdk(), image));
  const auto* source = static_cast<const char*>(pixels);
  const std::uint32_t height = OrthancPluginGetImageHeight(sdk(), image);
  const std::uint32_t target_pitch = OrthancPluginGetImagePitch(sdk(), image);
  for (std::uint32_t row = 0; row < height; ++row) {
    std::memcpy(target, source, pitch < target_pitch ? pitch : target_pitch);
    target += target_pitch;
    source += pitch;
  }
}

// The SDK's accessor would point into memory that Python may free; this image has its own.
std::unique_ptr<Image> image_from_buffer(std::int32_t format, std::uint32_t width,
                                         std::uint32_t height, std::uint32_t pitch,
                                         const Bytes64& buffer) {
  require_pixels(buffer, height, pitch);
  OrthancPluginImage* const image = call_sdk([&] {
    OrthancPluginImage* const created = OrthancPluginCreateImage(
        sdk(), static_cast<OrthancPluginPixelFormat>(format), width, height);
    if (created != nullptr) {
      copy_rows(created, buffer.data(), pitch);
    }
    return created;
  });
  return take_object(image, &OrthancPluginFreeImage);
}

}  // namespace

void bind_image(py::class_<Image>& bound) {
  bound.def("GetImageBuffer", &image_buffer,
            "GetImageBuffer(self) -> bytes\n\nA copy of the pixels, pitch times height bytes.");
}

void bind_images(py::module_& module) {
  module.def("CreateImageFromBuffer", &image_from_buffer,
             "CreateImageFromBuffer(format: PixelFormat | int, width: int, height: int, "
             "pitch: int, buffer: str | Buffer, /) -> Image\n\nAn image with a copy of these "
             "pixels, of which each row takes `pitch` bytes.");
}

}  // namespace orthanc_runtime
