// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// CALLs of functions that no type rule wraps, whose signatures are in workers/remote_functions.py.
#include "dispatch/calls.h"
#include "dispatch/images.h"
#include "dispatch/pixels.h"
#include "dispatch/rest_capture.h"

namespace orthanc_runtime::calls {

namespace {

Output copy_bytes(const void* data, uint64_t size) {
  if (data == nullptr && size > 0) {
    throw Failure(OrthancPluginErrorCode_InternalError);
  }
  const auto copy = std::make_shared<const std::string>(static_cast<const char*>(data), size);
  Output output;
  output.large = true;
  output.bytes = *copy;
  output.owner = copy;
  return output;
}

CallReply lookup_dictionary(Arguments& given) {
  const Text name(given);
  given.end();
  OrthancPluginDictionaryEntry entry{};
  check(call_sdk([&] { return OrthancPluginLookupDictionary(sdk(), &entry, name.c_str()); }));
  return reply(given.origin(), to_int(entry.group), to_int(entry.element),
               enum_member("ValueRepresentation", entry.vr), to_int(entry.minMultiplicity),
               to_int(entry.maxMultiplicity));
}

CallReply image_buffer(Arguments& given) {
  const SdkObject<OrthancPluginImage> self(given);
  given.end();
  return call_sdk([&] {
    const uint64_t size = uint64_t{OrthancPluginGetImagePitch(sdk(), self.get())} *
                          OrthancPluginGetImageHeight(sdk(), self.get());
    if (size > kMaximumBody) {
      throw Failure(OrthancPluginErrorCode_NotEnoughMemory, "An image of 4 GiB or more");
    }
    return reply(given.origin(), copy_bytes(OrthancPluginGetImageBuffer(sdk(), self.get()), size));
  });
}

void require_image(int32_t format, uint64_t width, uint64_t height) {
  const std::string problem = image_problem(format, width, height, width * bytes_per_pixel(format));
  if (!problem.empty()) {
    throw BadValue(problem);
  }
}

CallReply image_from_buffer(Arguments& given) {
  const Integer<int32_t> format(given);
  const Integer<uint32_t> width(given);
  const Integer<uint32_t> height(given);
  const Integer<uint32_t> pitch(given);
  const Bytes64 pixels(given);
  given.end();
  require_pixels(pixels, format.value(), width.value(), height.value(), pitch.value());
  OrthancPluginImage* const image = call_sdk([&] {
    return create_image_of(format.value(), width.value(), height.value(), pitch.value(),
                           pixels.chars());
  });
  return reply(given.origin(), take_object(image, &OrthancPluginFreeImage));
}

CallReply create_image(Arguments& given) {
  const Integer<int32_t> format(given);
  const Integer<uint32_t> width(given);
  const Integer<uint32_t> height(given);
  given.end();
  require_image(format.value(), width.value(), height.value());
  OrthancPluginImage* const image =
      call_sdk([&] { return create_black_image(format.value(), width.value(), height.value()); });
  return reply(given.origin(), take_object(image, &OrthancPluginFreeImage));
}

CallReply convert_pixel_format(Arguments& given) {
  const SdkObject<OrthancPluginImage> self(given);
  const Integer<int32_t> format(given);
  given.end();
  OrthancPluginImage* const image = call_sdk([&] {
    require_image(format.value(), OrthancPluginGetImageWidth(sdk(), self.get()),
                  OrthancPluginGetImageHeight(sdk(), self.get()));
    return OrthancPluginConvertPixelFormat(sdk(), self.get(),
                                           static_cast<OrthancPluginPixelFormat>(format.value()));
  });
  return reply(given.origin(), take_object(image, &OrthancPluginFreeImage));
}

CallReply instance_data(Arguments& given) {
  const SdkObject<OrthancPluginDicomInstance> self(given);
  given.end();
  return call_sdk([&] {
    const int64_t size = OrthancPluginGetInstanceSize(sdk(), self.get());
    const void* const data = OrthancPluginGetInstanceData(sdk(), self.get());
    if (data == nullptr || size < 0) {
      throw Failure(OrthancPluginErrorCode_InternalError);
    }
    return reply(given.origin(), copy_bytes(data, static_cast<uint64_t>(size)));
  });
}

Output text_of(const std::string& text) {
  Output output;
  output.value = text;
  return output;
}

/// Error code with its description and details, or status, headers and body.
CallReply rest_request(Arguments& given) {
  const Integer<int32_t> method(given);
  const Text uri(given);
  const HttpHeaders headers(given);
  const Bytes32 body(given);
  given.end();
  const auto http_method = static_cast<OrthancPluginHttpMethod>(method.value());
  const std::string whole = uri.c_str();
  RestCapture capture(http_method, whole.substr(0, whole.find('?')));
  MemoryBuffer answer;
  MemoryBuffer answer_headers;
  uint16_t status = 0;
  const OrthancPluginErrorCode code = call_sdk([&] {
    return OrthancPluginCallRestApi(sdk(), answer.out(), answer_headers.out(), &status, http_method,
                                    uri.c_str(), headers.count(), headers.keys(), headers.values(),
                                    body.data(), body.size(), 1);
  });
  if (capture.answered()) {
    capture.finish();
    const std::string text = capture.headers().dump(-1, ' ', false, Json::error_handler_t::replace);
    return reply(given.origin(), to_int(0), text_of(""), nothing(), to_int(capture.status()),
                 text_of(text), copy_bytes(capture.body().data(), capture.body().size()));
  }
  if (code == OrthancPluginErrorCode_Success) {
    return reply(given.origin(), to_int(0), text_of(""), nothing(), to_int(status),
                 answer_headers.to_headers(), answer.to_bytes());
  }
  return reply(given.origin(), to_int(static_cast<int>(code)), text_of(Failure(code).what()),
               capture.details() ? text_of(*capture.details()) : nothing(), to_int(0), text_of(""),
               nothing());
}

}  // namespace

const Table& by_hand() {
  static const Table table{
      {"RestRequest", rest_request},
      {"CreateImage", create_image},
      {"CreateImageFromBuffer", image_from_buffer},
      {"DicomInstance.GetInstanceData", instance_data},
      {"Image.ConvertPixelFormat", convert_pixel_format},
      {"Image.GetImageBuffer", image_buffer},
      {"LookupDictionary", lookup_dictionary},
  };
  return table;
}

}  // namespace orthanc_runtime::calls
