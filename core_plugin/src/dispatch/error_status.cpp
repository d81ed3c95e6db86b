// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/error_status.h"

#include "sdk.h"

namespace orthanc_runtime {

namespace {

const char* reason_phrase(uint16_t status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 409:
      return "Conflict";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Internal Server Error";
  }
}

}  // namespace

uint16_t http_status(Ending ending) {
  switch (ending) {
    case Ending::WorkerDied:
      return 502;
    case Ending::DeadlinePassed:
      return 504;
    case Ending::Saturated:
    case Ending::Stopping:
    case Ending::Broken:
    case Ending::Quarantined:
      return 503;
    default:
      return 500;
  }
}

LogCode log_code(Ending ending) {
  switch (ending) {
    case Ending::Done:
      return LogCode::NoAnswer;
    case Ending::HandlerFailed:
      return LogCode::HandlerRaised;
    case Ending::WorkerDied:
      return LogCode::WorkerDied;
    case Ending::Saturated:
      return LogCode::Saturated;
    case Ending::Stopping:
      return LogCode::Stopping;
    case Ending::Broken:
      return LogCode::NoWorkers;
    case Ending::DeadlinePassed:
      return LogCode::DeadlinePassed;
    case Ending::TooDeep:
      return LogCode::NestedTooDeep;
    case Ending::TooLarge:
      return LogCode::TooLarge;
    case Ending::Quarantined:
      return LogCode::HandlerQuarantined;
  }
  return LogCode::NoAnswer;
}

void send_error_status(OrthancPluginRestOutput* output, uint16_t status, const std::string& message,
                       const char* method, const char* uri, bool describe) {
  if (status == 503) {
    OrthancPluginSetHttpHeader(sdk(), output, "Retry-After", "1");
  }
  if (!describe) {
    OrthancPluginSendHttpStatusCode(sdk(), output, status);
    return;
  }
  const nlohmann::ordered_json body{
      {"HttpError", reason_phrase(status)},
      {"HttpStatus", status},
      {"Message", message},
      {"Method", method},
      {"OrthancError", "Error encountered within the plugin engine"},
      {"OrthancStatus", static_cast<int>(OrthancPluginErrorCode_Plugin)},
      {"Uri", uri},
  };
  const std::string rendered =
      body.dump(1, '\t', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  OrthancPluginSendHttpStatus(sdk(), output, status, rendered.data(),
                              static_cast<uint32_t>(rendered.size()));
}

}  // namespace orthanc_runtime
