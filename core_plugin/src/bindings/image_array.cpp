// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/image_array.h"

#include <cstdint>
#include <string>
#include <vector>

#include "bindings/conversions.h"
#include "bindings/sdk_object.h"
#include "dispatch/images.h"
#include "dispatch/pixels.h"

namespace orthanc_runtime {

namespace {

class ArrayView {
 public:
  explicit ArrayView(py::handle array) {
    if (PyObject_GetBuffer(array.ptr(), &buffer_, PyBUF_FULL_RO) != 0) {
      throw py::error_already_set();
    }
  }
  ~ArrayView() { PyBuffer_Release(&buffer_); }
  ArrayView(const ArrayView&) = delete;
  ArrayView& operator=(const ArrayView&) = delete;

  const Py_buffer* operator->() const { return &buffer_; }

  /// Row after row, copied only where they are not.
  const char* rows() {
    if (PyBuffer_IsContiguous(&buffer_, 'C') != 0) {
      return static_cast<const char*>(buffer_.buf);
    }
    copy_.resize(static_cast<std::size_t>(buffer_.len));
    if (PyBuffer_ToContiguous(copy_.data(), &buffer_, buffer_.len, 'C') != 0) {
      throw py::error_already_set();
    }
    return copy_.data();
  }

 private:
  Py_buffer buffer_{};
  std::vector<char> copy_;
};

/// "u2": the kind and size of an item, empty where no image has it.
std::string item_type(const Py_buffer& array) {
  std::string format = array.format == nullptr ? "B" : array.format;
  if (format.size() == 2 && std::string("@=<").find(format[0]) != std::string::npos) {
    format.erase(0, 1);
  }
  const std::string size = std::to_string(array.itemsize);
  if (format.size() == 1 && std::string("BHILQ").find(format[0]) != std::string::npos) {
    return "u" + size;
  }
  if (format == "h") {
    return "i" + size;
  }
  return format == "f" ? "f" + size : "";
}

std::int32_t pixel_format_of(const std::string& item, Py_ssize_t channels) {
  struct Layout {
    const char* item;
    Py_ssize_t channels;
    OrthancPluginPixelFormat format;
  };
  static constexpr Layout kLayouts[] = {
      {"u1", 1, OrthancPluginPixelFormat_Grayscale8},
      {"u2", 1, OrthancPluginPixelFormat_Grayscale16},
      {"i2", 1, OrthancPluginPixelFormat_SignedGrayscale16},
      {"u4", 1, OrthancPluginPixelFormat_Grayscale32},
      {"u8", 1, OrthancPluginPixelFormat_Grayscale64},
      {"f4", 1, OrthancPluginPixelFormat_Float32},
      {"u1", 3, OrthancPluginPixelFormat_RGB24},
      {"u1", 4, OrthancPluginPixelFormat_RGBA32},
      {"u2", 3, OrthancPluginPixelFormat_RGB48},
  };
  for (const Layout& layout : kLayouts) {
    if (item == layout.item && channels == layout.channels) {
      return layout.format;
    }
  }
  return OrthancPluginPixelFormat_Unknown;
}

std::string shape_of(const Py_buffer& array) {
  std::string shape;
  for (int i = 0; i < array.ndim; ++i) {
    shape += (i == 0 ? "" : ", ") + std::to_string(array.shape[i]);
  }
  return "(" + shape + ")";
}

OrthancPluginImage* copy_array(py::handle pixels, const char* who) {
  ArrayView array(pixels);
  const Py_ssize_t channels = array->ndim == 3 ? array->shape[2] : 1;
  const std::int32_t format = array->ndim == 2 || array->ndim == 3
                                  ? pixel_format_of(item_type(*array.operator->()), channels)
                                  : OrthancPluginPixelFormat_Unknown;
  if (format == OrthancPluginPixelFormat_Unknown) {
    throw py::value_error(std::string(who) + " returned an array of shape " +
                          shape_of(*array.operator->()) + " and type '" +
                          (array->format == nullptr ? "B" : array->format) +
                          "', which is no pixel format of Orthanc");
  }
  const auto height = static_cast<std::uint64_t>(array->shape[0]);
  const auto width = static_cast<std::uint64_t>(array->shape[1]);
  const std::uint64_t pitch = width * bytes_per_pixel(format);
  const std::string problem = image_problem(format, width, height, pitch);
  if (!problem.empty()) {
    throw py::value_error(problem);
  }
  const char* const rows = array.rows();
  return call_sdk([&] {
    return create_image_of(format, static_cast<std::uint32_t>(width),
                           static_cast<std::uint32_t>(height), pitch, rows);
  });
}

OrthancPluginImage* copy_image(SdkObject<OrthancPluginImage>& image) {
  const Use<OrthancPluginImage> use(image);
  return call_sdk([&] {
    return create_image_of(OrthancPluginGetImagePixelFormat(sdk(), use.get()),
                           OrthancPluginGetImageWidth(sdk(), use.get()),
                           OrthancPluginGetImageHeight(sdk(), use.get()),
                           OrthancPluginGetImagePitch(sdk(), use.get()),
                           static_cast<const char*>(OrthancPluginGetImageBuffer(sdk(), use.get())));
  });
}

}  // namespace

OrthancPluginImage* copy_to_image(py::handle pixels, const char* who) {
  OrthancPluginImage* image = nullptr;
  if (py::isinstance<SdkObject<OrthancPluginImage>>(pixels)) {
    image = copy_image(pixels.cast<SdkObject<OrthancPluginImage>&>());
  } else if (PyObject_CheckBuffer(pixels.ptr()) != 0) {
    image = copy_array(pixels, who);
  } else {
    throw py::type_error(std::string(who) + " must return an Image, an array, or None, not " +
                         Py_TYPE(pixels.ptr())->tp_name);
  }
  if (image == nullptr) {
    throw_sdk_error(OrthancPluginErrorCode_NotEnoughMemory);
  }
  return image;
}

}  // namespace orthanc_runtime
