// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/rest_capture.h"

#include <atomic>
#include <mutex>
#include <set>

#include "sdk.h"

namespace orthanc_runtime {

namespace {

/// What Orthanc sends for a redirection: 301 in 1.10.1, 307 in 1.12.7.
uint16_t redirect_status() {
  static const bool is_newer = OrthancPluginCheckVersionAdvanced(sdk(), 1, 11, 0) != 0;
  return is_newer ? 307 : 301;
}

thread_local RestCapture* expected = nullptr;

/// Outputs that are none of the core's: its functions may be called from any thread of a handler.
struct Claimed {
  std::mutex mutex;
  std::set<const void*> outputs;
  std::atomic<size_t> count{0};
};

Claimed& claimed() {
  // Never destroyed: threads may still be on their way out at exit.
  static auto* instance = new Claimed;
  return *instance;
}

bool is_about_output(_OrthancPluginService service) {
  switch (service) {
    case _OrthancPluginService_AnswerBuffer:
    case _OrthancPluginService_CompressAndAnswerImage:
    case _OrthancPluginService_Redirect:
    case _OrthancPluginService_SendHttpStatus:
    case _OrthancPluginService_SendHttpStatusCode:
    case _OrthancPluginService_SendMethodNotAllowed:
    case _OrthancPluginService_SendMultipartItem:
    case _OrthancPluginService_SendMultipartItem2:
    case _OrthancPluginService_SendUnauthorized:
    case _OrthancPluginService_SetCookie:
    case _OrthancPluginService_SetHttpErrorDetails:
    case _OrthancPluginService_SetHttpHeader:
    case _OrthancPluginService_StartMultipartAnswer:
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 6)
    case _OrthancPluginService_SendStreamChunk:
    case _OrthancPluginService_StartStreamAnswer:
#endif
      return true;
    default:
      return false;
  }
}

template <class Parameters>
const Parameters& as(const void* parameters) {
  return *static_cast<const Parameters*>(parameters);
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') {
    path.pop_back();
  }
  return path;
}

}  // namespace

RestCapture::RestCapture(OrthancPluginHttpMethod method, std::string path)
    : method_(method), path_(without_slash(std::move(path))), outer_(expected) {
  expected = this;
}

RestCapture::~RestCapture() {
  expected = outer_;
  if (claimed_) {
    const std::lock_guard lock(claimed().mutex);
    claimed().outputs.erase(this);
    claimed().count = claimed().outputs.size();
  }
}

OrthancPluginRestOutput* RestCapture::claim(OrthancPluginRestOutput* output,
                                            OrthancPluginHttpMethod method, const char* path) {
  RestCapture* const capture = expected;
  if (capture == nullptr || capture->method_ != method || capture->path_ != without_slash(path)) {
    return output;
  }
  // what the handler asks of the core in turn is another request
  expected = nullptr;
  capture->claimed_ = true;
  const std::lock_guard lock(claimed().mutex);
  claimed().outputs.insert(capture);
  claimed().count = claimed().outputs.size();
  return reinterpret_cast<OrthancPluginRestOutput*>(capture);
}

std::optional<OrthancPluginErrorCode> RestCapture::serve(_OrthancPluginService service,
                                                         const void* parameters) {
  if (claimed().count == 0 || !is_about_output(service)) {
    return std::nullopt;
  }
  // each of these structures begins with the output
  auto* const output = as<RestCapture*>(parameters);
  {
    const std::lock_guard lock(claimed().mutex);
    if (claimed().outputs.count(output) == 0) {
      return std::nullopt;
    }
  }
  return output->apply(service, parameters);
}

OrthancPluginErrorCode RestCapture::apply(_OrthancPluginService service, const void* parameters) {
  switch (service) {
    case _OrthancPluginService_AnswerBuffer: {
      const auto& given = as<_OrthancPluginAnswerBuffer>(parameters);
      headers_["content-type"] = given.mimeType;
      answer(200, given.answer, given.answerSize);
      break;
    }
    case _OrthancPluginService_CompressAndAnswerImage:
      return answer_image(as<_OrthancPluginCompressAndAnswerImage>(parameters));
    case _OrthancPluginService_Redirect:
      headers_["location"] = as<_OrthancPluginOutputPlusArgument>(parameters).argument;
      answer(redirect_status(), nullptr, 0);
      break;
    case _OrthancPluginService_SendHttpStatus: {
      const auto& given = as<_OrthancPluginSendHttpStatus>(parameters);
      answer(given.status, given.body, given.bodySize);
      break;
    }
    case _OrthancPluginService_SendHttpStatusCode:
      answer(as<_OrthancPluginSendHttpStatusCode>(parameters).status, nullptr, 0);
      break;
    case _OrthancPluginService_SendMethodNotAllowed:
      headers_["allow"] = as<_OrthancPluginOutputPlusArgument>(parameters).argument;
      answer(405, nullptr, 0);
      break;
    case _OrthancPluginService_SendUnauthorized: {
      const std::string realm = as<_OrthancPluginOutputPlusArgument>(parameters).argument;
      headers_["www-authenticate"] = "Basic realm=\"" + realm + "\"";
      answer(401, nullptr, 0);
      break;
    }
    case _OrthancPluginService_SetCookie: {
      const auto& given = as<_OrthancPluginSetHttpHeader>(parameters);
      headers_["set-cookie"] = std::string(given.key) + "=" + given.value;
      break;
    }
    case _OrthancPluginService_SetHttpHeader: {
      const auto& given = as<_OrthancPluginSetHttpHeader>(parameters);
      headers_[given.key] = given.value;
      break;
    }
    case _OrthancPluginService_SetHttpErrorDetails:
      details_ = as<_OrthancPluginSetHttpErrorDetails>(parameters).details;
      break;
    case _OrthancPluginService_StartMultipartAnswer: {
      const auto& given = as<_OrthancPluginStartMultipartAnswer>(parameters);
      boundary_ = "part-of-" + std::to_string(reinterpret_cast<uintptr_t>(this));
      part_type_ = given.contentType;
      headers_["content-type"] = std::string("multipart/") + given.subType + "; type=\"" +
                                 part_type_ + "\"; boundary=" + boundary_;
      answer(200, nullptr, 0);
      break;
    }
    case _OrthancPluginService_SendMultipartItem: {
      const auto& given = as<_OrthancPluginAnswerBuffer>(parameters);
      add_part(given.answer, given.answerSize, Json::object());
      break;
    }
    case _OrthancPluginService_SendMultipartItem2: {
      const auto& given = as<_OrthancPluginSendMultipartItem2>(parameters);
      Json headers = Json::object();
      for (uint32_t i = 0; i < given.headersCount; ++i) {
        headers[given.headersKeys[i]] = given.headersValues[i];
      }
      add_part(given.answer, given.answerSize, headers);
      break;
    }
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 6)
    case _OrthancPluginService_StartStreamAnswer:
      headers_["content-type"] = as<_OrthancPluginStartStreamAnswer>(parameters).contentType;
      answer(200, nullptr, 0);
      break;
    case _OrthancPluginService_SendStreamChunk: {
      const auto& given = as<_OrthancPluginAnswerBuffer>(parameters);
      body_.append(static_cast<const char*>(given.answer), given.answerSize);
      break;
    }
#endif
    default:
      return OrthancPluginErrorCode_UnknownPluginService;
  }
  return OrthancPluginErrorCode_Success;
}

void RestCapture::answer(uint16_t status, const void* body, size_t size) {
  answered_ = true;
  status_ = status;
  if (size > 0) {
    body_.assign(static_cast<const char*>(body), size);
  }
}

OrthancPluginErrorCode RestCapture::answer_image(
    const _OrthancPluginCompressAndAnswerImage& image) {
  OrthancPluginMemoryBuffer buffer{};
  const bool is_png = image.imageFormat == OrthancPluginImageFormat_Png;
  const OrthancPluginErrorCode code =
      is_png
          ? OrthancPluginCompressPngImage(sdk(), &buffer, image.pixelFormat, image.width,
                                          image.height, image.pitch, image.buffer)
          : OrthancPluginCompressJpegImage(sdk(), &buffer, image.pixelFormat, image.width,
                                           image.height, image.pitch, image.buffer, image.quality);
  if (code == OrthancPluginErrorCode_Success) {
    headers_["content-type"] = is_png ? "image/png" : "image/jpeg";
    answer(200, buffer.data, buffer.size);
    OrthancPluginFreeMemoryBuffer(sdk(), &buffer);
  }
  return code;
}

void RestCapture::add_part(const void* body, size_t size, const Json& headers) {
  body_ += "--" + boundary_ + "\r\n";
  Json all = headers;
  if (!all.contains("Content-Type")) {
    all["Content-Type"] = part_type_;
  }
  all["Content-Length"] = std::to_string(size);
  all["MIME-Version"] = "1.0";
  for (const auto& header : all.items()) {
    body_ += header.key() + ": " + header.value().get<std::string>() + "\r\n";
  }
  body_ += "\r\n";
  body_.append(static_cast<const char*>(body), size);
  body_ += "\r\n";
}

void RestCapture::finish() {
  if (!boundary_.empty()) {
    body_ += "--" + boundary_ + "--\r\n";
  }
}

}  // namespace orthanc_runtime
