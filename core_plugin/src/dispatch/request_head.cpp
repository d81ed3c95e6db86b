// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/request_head.h"

#include <strings.h>

#include "dispatch/head_writer.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

constexpr uint8_t kRestTask = 0;

void write_pairs(HeadWriter& head, uint32_t count, const char* const* keys,
                 const char* const* values) {
  head.map(count);
  for (uint32_t i = 0; i < count; ++i) {
    head.text(keys[i]);
    head.text(values[i]);
  }
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
  const std::string_view payload = authentication_payload(request);
  HeadWriter head;
  head.array(payload.empty() ? 7 : 8);
  head.small(kRestTask);
  head.text(address);
  head.text(method_name(request.method));
  head.text(uri);
  head.array(request.groupsCount);
  for (uint32_t i = 0; i < request.groupsCount; ++i) {
    head.text(request.groups[i]);
  }
  if (request.method == OrthancPluginHttpMethod_Get) {
    write_pairs(head, request.getCount, request.getKeys, request.getValues);
  } else {
    head.nil();
  }
  write_pairs(head, request.headersCount, request.headersKeys, request.headersValues);
  if (!payload.empty()) {
    head.binary(payload);
  }
  return head.take();
}

bool carries_token(const OrthancPluginHttpRequest& request, std::string_view token) {
  return !token.empty() && token == request_header(request, "authorization");
}

}  // namespace orthanc_runtime
