// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/stream_answer.h"

#include <string>

#include "sdk.h"

namespace orthanc_runtime {

namespace {

constexpr std::string_view kStart = "StartStreamAnswer";
constexpr std::string_view kChunk = "SendStreamChunk";

}  // namespace

bool is_stream_call(const Json& head) {
  if (!head.is_array() || head.empty() || !head[0].is_string()) {
    return false;
  }
  const auto& name = head[0].get_ref<const std::string&>();
  if (name != kStart && name != kChunk) {
    return false;
  }
  const bool is_start = name == kStart;
  if (head.size() != (is_start ? 2U : 1U) || (is_start && !head[1].is_string())) {
    throw ProtocolError("arguments of output call " + name);
  }
  return true;
}

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 6)

OrthancPluginErrorCode apply_stream_call(OrthancPluginRestOutput* output, const Json& head,
                                         std::string_view body) {
  if (head[0].get_ref<const std::string&>() == kStart) {
    return OrthancPluginStartStreamAnswer(sdk(), output,
                                          head[1].get_ref<const std::string&>().c_str());
  }
  return OrthancPluginSendStreamChunk(sdk(), output, body.data(),
                                      static_cast<uint32_t>(body.size()));
}

#else

OrthancPluginErrorCode apply_stream_call(OrthancPluginRestOutput* /*output*/, const Json& /*head*/,
                                         std::string_view /*body*/) {
  return OrthancPluginErrorCode_UnknownPluginService;
}

#endif

}  // namespace orthanc_runtime
