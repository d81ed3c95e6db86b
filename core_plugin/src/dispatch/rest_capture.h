// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The answer of a route of ours to a request that came through the channel. The core would keep the
// status 200 only, and no multipart answer; here it never gets it.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <optional>
#include <string>

#include "dispatch/frame.h"

namespace orthanc_runtime {

class RestCapture {
 public:
  /// From now on this thread waits for the answer to this request. `path` is without a query.
  RestCapture(OrthancPluginHttpMethod method, std::string path);
  ~RestCapture();
  RestCapture(const RestCapture&) = delete;
  RestCapture& operator=(const RestCapture&) = delete;

  /// To be called by a route: the output to answer on, that of the core unless this thread waits
  /// for the answer to this very request.
  static OrthancPluginRestOutput* claim(OrthancPluginRestOutput* output,
                                        OrthancPluginHttpMethod method, const char* path);

  bool answered() const { return answered_; }
  uint16_t status() const { return status_; }
  const Json& headers() const { return headers_; }
  const std::string& body() const { return body_; }
  const std::optional<std::string>& details() const { return details_; }

  /// Ends a multipart answer.
  void finish();

  /// In place of the core's function, where the parameters are about an output of ours.
  static std::optional<OrthancPluginErrorCode> serve(_OrthancPluginService service,
                                                     const void* parameters);

 private:
  OrthancPluginErrorCode apply(_OrthancPluginService service, const void* parameters);
  void answer(uint16_t status, const void* body, size_t size);
  OrthancPluginErrorCode answer_image(const _OrthancPluginCompressAndAnswerImage& image);
  void add_part(const void* body, size_t size, const Json& headers);

  const OrthancPluginHttpMethod method_;
  const std::string path_;
  RestCapture* const outer_;
  bool claimed_ = false;
  bool answered_ = false;
  uint16_t status_ = 0;
  Json headers_ = Json::object();
  std::string body_;
  std::optional<std::string> details_;
  std::string boundary_;
  std::string part_type_;
};

}  // namespace orthanc_runtime
