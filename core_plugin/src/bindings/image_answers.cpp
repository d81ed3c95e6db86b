// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Answers to REST requests that Orthanc compresses. The functions of the SDK do not tell whether
// it could, so their services are called directly.
#include "bindings/hand_written.h"
#include "dispatch/images.h"

namespace orthanc_runtime {

namespace {

using Size = Integer<std::uint32_t>;

void answer(RestOutput& self, OrthancPluginImageFormat compression,
            const Integer<std::int32_t>& format, const Size& width, const Size& height,
            const Size& pitch, const Bytes64& buffer, std::uint8_t quality) {
  require_pixels(buffer, format.value(), width.value(), height.value(), pitch.value());
  const OutputUse use(self, Answers::kNo);
  check(call_sdk([&] {
    return answer_image(use.get(), compression, format.value(), width.value(), height.value(),
                        pitch.value(), buffer.data(), quality);
  }));
  use.has_answered();
}

}  // namespace

void bind_image_answers(py::class_<RestOutput>& bound) {
  bound.def(
      "CompressAndAnswerPngImage",
      [](RestOutput& self, const Integer<std::int32_t>& format, const Size& width,
         const Size& height, const Size& pitch, const Bytes64& buffer) {
        answer(self, OrthancPluginImageFormat_Png, format, width, height, pitch, buffer, 0);
      },
      "Answers with an image that Orthanc compresses to PNG.");
  bound.def(
      "CompressAndAnswerJpegImage",
      [](RestOutput& self, const Integer<std::int32_t>& format, const Size& width,
         const Size& height, const Size& pitch, const Bytes64& buffer,
         const Integer<std::uint8_t>& quality) {
        answer(self, OrthancPluginImageFormat_Jpeg, format, width, height, pitch, buffer,
               quality.value());
      },
      "Answers with an image that Orthanc compresses to JPEG.");
}

}  // namespace orthanc_runtime
