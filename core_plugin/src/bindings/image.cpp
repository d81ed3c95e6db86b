// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Images: their pixels as a buffer of Python, and images over a buffer of Python.
#include <string>

#include "bindings/hand_written.h"
#include "bindings/pixel_layout.h"
#include "dispatch/images.h"
#include "dispatch/pixels.h"

namespace orthanc_runtime {

namespace {

using Image = SdkObject<OrthancPluginImage>;
using Format = Integer<std::int32_t>;
using Size = Integer<std::uint32_t>;

struct Pixels {
  std::int32_t format;
  std::uint32_t width;
  std::uint32_t height;
  std::uint32_t pitch;
  void* data;
};

Pixels pixels_of(const OrthancPluginImage* image) {
  return {OrthancPluginGetImagePixelFormat(sdk(), image), OrthancPluginGetImageWidth(sdk(), image),
          OrthancPluginGetImageHeight(sdk(), image), OrthancPluginGetImagePitch(sdk(), image),
          OrthancPluginGetImageBuffer(sdk(), image)};
}

Pixels checked_pixels_of(Image& self) {
  const Use<OrthancPluginImage> use(self);
  const Pixels pixels = call_sdk([&] { return pixels_of(use.get()); });
  if (pixels.data == nullptr && pixels.pitch != 0 && pixels.height != 0) {
    throw_sdk_error(OrthancPluginErrorCode_InternalError);
  }
  return pixels;
}

py::bytes image_buffer(Image& self) {
  const Pixels pixels = checked_pixels_of(self);
  return copy_bytes(pixels.data, std::uint64_t{pixels.pitch} * pixels.height);
}

/// The exporter, this image, lives as long as the view, so nobody takes the memory away. Every
/// image of the SDK is ours to change.
py::buffer_info view_image(Image& self) {
  const Pixels pixels = checked_pixels_of(self);
  const PixelLayout layout = pixel_layout(pixels.format);
  const auto item = static_cast<py::ssize_t>(layout.item_size);
  const py::ssize_t pixel = static_cast<py::ssize_t>(layout.channels) * item;
  py::buffer_info view(pixels.data, item, layout.item_format, 2, {pixels.height, pixels.width},
                       {static_cast<py::ssize_t>(pixels.pitch), pixel});
  if (layout.channels > 1) {
    view.ndim = 3;
    view.shape.push_back(static_cast<py::ssize_t>(layout.channels));
    view.strides.push_back(static_cast<py::ssize_t>(layout.item_size));
    view.size *= static_cast<py::ssize_t>(layout.channels);
  }
  return view;
}

void require_image(std::int32_t format, std::uint64_t width, std::uint64_t height) {
  const std::string problem = image_problem(format, width, height, width * bytes_per_pixel(format));
  if (!problem.empty()) {
    throw py::value_error(problem);
  }
}

std::unique_ptr<Image> create_image(const Format& format, const Size& width, const Size& height) {
  require_image(format.value(), width.value(), height.value());
  OrthancPluginImage* const image =
      call_sdk([&] { return create_black_image(format.value(), width.value(), height.value()); });
  return take_object(image, &OrthancPluginFreeImage);
}

std::unique_ptr<Image> convert_pixel_format(Image& self, const Format& format) {
  const Pixels source = checked_pixels_of(self);
  require_image(format.value(), source.width, source.height);
  const Use<OrthancPluginImage> use(self);
  OrthancPluginImage* const image = call_sdk([&] {
    return OrthancPluginConvertPixelFormat(sdk(), use.get(),
                                           static_cast<OrthancPluginPixelFormat>(format.value()));
  });
  return take_object(image, &OrthancPluginFreeImage);
}

std::unique_ptr<Image> image_from_buffer(const Format& format, const Size& width,
                                         const Size& height, const Size& pitch,
                                         const Bytes64& buffer) {
  require_pixels(buffer, format.value(), width.value(), height.value(), pitch.value());
  OrthancPluginImage* const image = call_sdk([&] {
    return create_image_of(format.value(), width.value(), height.value(), pitch.value(),
                           buffer.chars());
  });
  return take_object(image, &OrthancPluginFreeImage);
}

std::unique_ptr<Image> image_accessor(const Format& format, const Size& width, const Size& height,
                                      const Size& pitch, const py::buffer& buffer) {
  // holds the buffer: a bytearray, for example, cannot be resized meanwhile
  const auto view = py::memoryview(buffer);
  const Py_buffer* const memory = PyMemoryView_GET_BUFFER(view.ptr());
  if (memory->readonly != 0) {
    throw py::buffer_error(
        "CreateImageAccessor needs a buffer that can be changed; CreateImageFromBuffer copies any");
  }
  if (PyBuffer_IsContiguous(memory, 'C') == 0) {
    throw py::buffer_error("CreateImageAccessor needs a contiguous buffer");
  }
  const std::string problem =
      pixels_problem(format.value(), width.value(), height.value(), pitch.value(),
                     static_cast<std::uint64_t>(memory->len));
  if (!problem.empty()) {
    throw py::value_error(problem);
  }
  OrthancPluginImage* const image = call_sdk([&] {
    return OrthancPluginCreateImageAccessor(
        sdk(), static_cast<OrthancPluginPixelFormat>(format.value()), width.value(), height.value(),
        pitch.value(), memory->buf);
  });
  return take_object(image, &OrthancPluginFreeImage, view);
}

}  // namespace

void bind_image(py::class_<Image>& bound) {
  bound.def_buffer(&view_image);
  bound.def("ConvertPixelFormat", &convert_pixel_format,
            "ConvertPixelFormat(self, targetFormat: PixelFormat | int, /) -> Image\n\n"
            "A copy in another format. Raises OrthancException where Orthanc cannot convert.");
  bound.def("GetImageBuffer", &image_buffer,
            "GetImageBuffer(self) -> bytes\n\nA copy of the pixels, pitch times height bytes.");
}

void bind_images(py::module_& module) {
  module.def("CreateImage", &create_image,
             "CreateImage(format: PixelFormat | int, width: int, height: int, /) -> Image\n\n"
             "A black image.");
  module.def("CreateImageAccessor", &image_accessor,
             "CreateImageAccessor(format: PixelFormat | int, width: int, height: int, "
             "pitch: int, buffer: Buffer, /) -> Image\n\nAn image in the memory of this buffer.");
  module.def("CreateImageFromBuffer", &image_from_buffer,
             "CreateImageFromBuffer(format: PixelFormat | int, width: int, height: int, "
             "pitch: int, buffer: str | Buffer, /) -> Image\n\nAn image with a copy of these "
             "pixels, of which each row takes `pitch` bytes.");
}

}  // namespace orthanc_runtime
