// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/request_head.h"

#include <strings.h>

#include "dispatch/frame.h"
#include "sdk.h"

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

std::string_view request_header(const OrthancPluginHttpRequest& request, const char* name) {
  for (uint32_t i = 0; i < request.headersCount; ++i) {
    if (strcasecmp(request.headersKeys[i], name) == 0) {
      return request.headersValues[i];
    }
  }
  return {};
}

std::string_view authentication_payload([[maybe_unused]] const OrthancPluginHttpRequest& request) {
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 9)
  // The structure of an older core ends before this member.
  static const bool is_there = OrthancPluginCheckVersionAdvanced(sdk(), 1, 12, 9) != 0;
  if (is_there && request.authenticationPayloadSize > 0) {
    return {static_cast<const char*>(request.authenticationPayload),
            request.authenticationPayloadSize};
  }
#endif
  return {};
}

std::vector<uint8_t> request_head(const std::string& address, const char* uri,
                                  const OrthancPluginHttpRequest& request) {
  Json::array_t groups(request.groups, request.groups + request.groupsCount);
  const bool is_get = request.method == OrthancPluginHttpMethod_Get;
  Json::array_t head{kRestTask,
                     address,
                     method_name(request.method),
                     uri,
                     std::move(groups),
                     is_get ? pairs(request.getCount, request.getKeys, request.getValues) : Json(),
                     pairs(request.headersCount, request.headersKeys, request.headersValues)};
  if (const std::string_view payload = authentication_payload(request); !payload.empty()) {
    head.push_back(Json::binary({payload.begin(), payload.end()}));
  }
  return encode_head(head);
}

bool carries_token(const OrthancPluginHttpRequest& request, std::string_view token) {
  return !token.empty() && token == request_header(request, "authorization");
}

}  // namespace orthanc_runtime
