// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/request_head.h"

#include <strings.h>

#include "dispatch/frame.h"

namespace orthanc_runtime {

namespace {

constexpr int kRestTask = 0;

Json pairs(uint32_t count, const char* const* keys, const char* const* values) {
  Json::object_t map;
  for (uint32_t i = 0; i < count; ++i) {
    map[keys[i]] = values[i];
  }
  return map;
}

}  // namespace

const char* method_name(OrthancPluginHttpMethod method) {
  switch (method) {
    case OrthancPluginHttpMethod_Get:
      return "GET";
    case OrthancPluginHttpMethod_Post:
      return "POST";
    case OrthancPluginHttpMethod_Put:
      return "PUT";
    case OrthancPluginHttpMethod_Delete:
      return "DELETE";
    default:
      return "UNKNOWN";
  }
}

std::vector<uint8_t> request_head(const std::string& address, const char* uri,
                                  const OrthancPluginHttpRequest& request) {
  Json::array_t groups(request.groups, request.groups + request.groupsCount);
  const bool is_get = request.method == OrthancPluginHttpMethod_Get;
  return encode_head(
      Json::array_t{kRestTask, address, method_name(request.method), uri, std::move(groups),
                    is_get ? pairs(request.getCount, request.getKeys, request.getValues) : Json(),
                    pairs(request.headersCount, request.headersKeys, request.headersValues)});
}

bool carries_token(const OrthancPluginHttpRequest& request, std::string_view token) {
  if (token.empty()) {
    return false;
  }
  for (uint32_t i = 0; i < request.headersCount; ++i) {
    if (strcasecmp(request.headersKeys[i], "authorization") == 0) {
      return token == request.headersValues[i];
    }
  }
  return false;
}

}  // namespace orthanc_runtime
