// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/image_decoders.h"

#include <stdexcept>

#include "bindings/conversions.h"
#include "bindings/image_array.h"
#include "bindings/registration.h"
#include "callbacks/call_python.h"
#include "dispatch/codec_guard.h"
#include "dispatch/codecs.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kDecoder = "the image decoder";

OrthancPluginImage* ask_decoders(const void* dicom, uint32_t size, uint32_t frame) noexcept {
  const CodecGuard guard(Codec::Decoder);
  OrthancPluginImage* image = nullptr;
  if (!guard.is_nested()) {
    call_python(kDecoder, [&] { image = runtime().image_decoders.decode(dicom, size, frame); });
  }
  return image;
}

OrthancPluginErrorCode on_decode(OrthancPluginImage** target, const void* dicom,
                                 const uint32_t size, uint32_t frame) noexcept {
  *target = ask_decoders(dicom, size, frame);
  return *target == nullptr ? OrthancPluginErrorCode_NotImplemented
                            : OrthancPluginErrorCode_Success;
}

void register_decoder(const py::object& callback) {
  require_callable(callback, "RegisterDecodeImageCallback");
  runtime().image_decoders.add(callback);
}

}  // namespace

void ImageDecoders::add(py::object decoder) {
  if (decoders_.empty() && codec_is_running()) {
    throw std::runtime_error(
        "RegisterDecodeImageCallback: a transcoder that is running cannot register the first "
        "decoder");
  }
  decoders_.add(std::move(decoder), [] {
    check(call_sdk([] { return OrthancPluginRegisterDecodeImageCallback(sdk(), &on_decode); }));
    set_script_decoder(&ask_decoders);
  });
}

OrthancPluginImage* ImageDecoders::decode(const void* dicom, std::uint32_t size,
                                          std::uint32_t frame) const {
  const py::bytes bytes = copy_bytes(dicom, size);
  OrthancPluginImage* image = nullptr;
  for (const py::object& decoder : decoders_.present()) {
    log_python_error(kDecoder, [&] {
      const py::object returned = decoder(bytes, frame);
      if (!returned.is_none()) {
        image = copy_to_image(returned, kDecoder);
      }
    });
    if (image != nullptr) {
      break;
    }
  }
  return image;
}

void bind_image_decoders(py::module_& module) {
  module.def("RegisterDecodeImageCallback", &register_decoder,
             "RegisterDecodeImageCallback(callback)\n\n"
             "Calls callback(dicom, frame) to decode a frame of a DICOM image.");
}

}  // namespace orthanc_runtime
