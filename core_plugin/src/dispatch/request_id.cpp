// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/request_id.h"

#include <strings.h>

#include <algorithm>

namespace orthanc_runtime {

namespace {

constexpr size_t kLongestId = 128;

bool is_safe(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.';
}

}  // namespace

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId &&
         std::all_of(text.begin(), text.end(), is_safe);
}

std::string client_request_id(const OrthancPluginHttpRequest& request) {
  for (uint32_t i = 0; i < request.headersCount; ++i) {
    if (strcasecmp(request.headersKeys[i], kRequestIdHeader) == 0) {
      return is_request_id(request.headersValues[i]) ? request.headersValues[i] : "";
    }
  }
  return {};
}

}  // namespace orthanc_runtime
