// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/answer.h"

#include <strings.h>

#include <map>
#include <utility>

#include "dispatch/awaited_output.h"
#include "dispatch/call_results.h"
#include "dispatch/error_status.h"
#include "dispatch/exchange.h"
#include "dispatch/log_writer.h"
#include "dispatch/request_id.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

const std::string& text(const Json& head, size_t index) {
  return head[index].get_ref<const std::string&>();
}

uint16_t status(const Json& head, size_t index) {
  if (!head[index].is_number_unsigned() || head[index].get<uint64_t>() > 999) {
    throw ProtocolError("HTTP status of " + text(head, 0));
  }
  return head[index].get<uint16_t>();
}

struct OutputCall {
  size_t texts;  // arguments that are strings, in front of the others
  size_t numbers;
  bool answers;
  void (*apply)(OrthancPluginRestOutput* output, const Json& head, std::string_view body);
};

const std::map<std::string_view, OutputCall>& output_calls() {
  using Output = OrthancPluginRestOutput*;
  using Body = std::string_view;
  static const std::map<std::string_view, OutputCall> table{
      {"AnswerBuffer",
       {1, 0, true,
        [](Output output, const Json& head, Body body) {
          OrthancPluginAnswerBuffer(sdk(), output, body.data(), static_cast<uint32_t>(body.size()),
                                    text(head, 1).c_str());
        }}},
      {"Redirect",
       {1, 0, true,
        [](Output output, const Json& head, Body /*body*/) {
          OrthancPluginRedirect(sdk(), output, text(head, 1).c_str());
        }}},
      {"SendHttpStatus",
       {0, 1, true,
        [](Output output, const Json& head, Body body) {
          OrthancPluginSendHttpStatus(sdk(), output, status(head, 1), body.data(),
                                      static_cast<uint32_t>(body.size()));
        }}},
      {"SendHttpStatusCode",
       {0, 1, true,
        [](Output output, const Json& head, Body /*body*/) {
          OrthancPluginSendHttpStatusCode(sdk(), output, status(head, 1));
        }}},
      {"SendMethodNotAllowed",
       {1, 0, true,
        [](Output output, const Json& head, Body /*body*/) {
          OrthancPluginSendMethodNotAllowed(sdk(), output, text(head, 1).c_str());
        }}},
      {"SendUnauthorized",
       {1, 0, true,
        [](Output output, const Json& head, Body /*body*/) {
          OrthancPluginSendUnauthorized(sdk(), output, text(head, 1).c_str());
        }}},
      {"SetCookie",
       {2, 0, false,
        [](Output output, const Json& head, Body /*body*/) {
          OrthancPluginSetCookie(sdk(), output, text(head, 1).c_str(), text(head, 2).c_str());
        }}},
      {"SetHttpErrorDetails",
       {1, 1, false,
        [](Output output, const Json& head, Body /*body*/) {
          OrthancPluginSetHttpErrorDetails(sdk(), output, text(head, 1).c_str(),
                                           head[2].get<int64_t>() != 0 ? 1 : 0);
        }}},
      {"SetHttpHeader",
       {2, 0, false,
        [](Output output, const Json& head, Body /*body*/) {
          OrthancPluginSetHttpHeader(sdk(), output, text(head, 1).c_str(), text(head, 2).c_str());
        }}},
  };
  return table;
}

void check_output_call(const Json& head) {
  if (!head.is_array() || head.empty() || !head[0].is_string()) {
    throw ProtocolError("head of OUTPUT");
  }
  const auto found = output_calls().find(text(head, 0));
  if (found == output_calls().end()) {
    throw ProtocolError("output call " + text(head, 0));
  }
  const OutputCall& call = found->second;
  bool matches = head.size() == 1 + call.texts + call.numbers;
  for (size_t i = 1; matches && i < head.size(); ++i) {
    matches = i <= call.texts ? head[i].is_string() : head[i].is_number_integer();
  }
  if (!matches) {
    throw ProtocolError("arguments of output call " + text(head, 0));
  }
  if (call.numbers == 1 && text(head, 0) != "SetHttpErrorDetails") {
    status(head, 1);
  }
}

std::string task_suffix(const Outcome& outcome) {
  return " (" + task_name(outcome.task, outcome.request_id) + ")";
}

}  // namespace

void Answer::check(const Json& head) const {
  if (find_awaited_output(head) == nullptr) {
    check_output_call(head);
  }
}

void Answer::apply(const Json& head, std::string_view body) {
  const OutputCall& call = output_calls().at(text(head, 0));
  touched_ = true;
  if (text(head, 0) == "SetHttpHeader" &&
      strcasecmp(text(head, 1).c_str(), kRequestIdHeader) == 0) {
    has_request_id_ = true;  // the handler knows better
  } else if (call.answers) {
    set_request_id();
  }
  call.apply(output_, head, body);
  answered_ = answered_ || call.answers;
  has_details_ = has_details_ || text(head, 0) == "SetHttpErrorDetails";
}

std::optional<Json> Answer::apply_awaited(const Json& head, std::string_view body) {
  const AwaitedOutput* const call = find_awaited_output(head);
  if (call == nullptr) {
    return std::nullopt;
  }
  touched_ = true;
  if (call->takes_headers) {
    set_request_id();
  }
  try {
    call->apply(output_, head, body);
  } catch (const calls::Failure& failure) {
    return Json::array({static_cast<int>(failure.code()), failure.what(), nullptr});
  }
  answered_ = true;
  in_parts_ = in_parts_ || call->in_parts;
  return Json::array({0, "", nullptr});
}

void Answer::set_request_id() {
  if (!std::exchange(has_request_id_, true)) {
    OrthancPluginSetHttpHeader(sdk(), output_, kRequestIdHeader, request_id_.c_str());
  }
}

OrthancPluginErrorCode Answer::finish(const Outcome& outcome) {
  if (outcome.ending == Ending::HandlerFailed) {
    return handler_failed(outcome);
  }
  const bool done = outcome.ending == Ending::Done;
  if (done && answered_) {
    return OrthancPluginErrorCode_Success;
  }
  const std::string message = done ? "The handler ended without an answer" : outcome.message;
  const std::string where = std::string(method_) + " " + uri_ + task_suffix(outcome);
  log(outcome, where + ": " + message + cut());
  if (answered_) {
    return OrthancPluginErrorCode_Success;
  }
  set_request_id();
  const uint16_t code = http_status(outcome.ending);
  // To a caller within Orthanc every status but 200 means that there is no such resource.
  if (code == 500 || Exchange::innermost() != nullptr) {
    return fail(message + task_suffix(outcome), OrthancPluginErrorCode_Plugin);
  }
  send_error_status(output_, code, message + task_suffix(outcome), method_, uri_, describe_);
  return OrthancPluginErrorCode_Success;
}

void Answer::log(const Outcome& outcome, const std::string& message) const {
  write_log(LogLine(log_code(outcome.ending), message)
                .of_task(outcome.task, outcome.request_id, handler_)
                .of_worker(outcome.worker));
}

OrthancPluginErrorCode Answer::fail(const std::string& details, OrthancPluginErrorCode code) {
  if (describe_ && !has_details_) {
    OrthancPluginSetHttpErrorDetails(sdk(), output_, details.c_str(), 0);
  }
  return code;
}

OrthancPluginErrorCode Answer::handler_failed(const Outcome& outcome) {
  const std::string task = task_suffix(outcome);
  log(outcome, "Error in the offloaded REST callback of " + std::string(method_) + " " + uri_ +
                   task + cut() + ", traceback:\n" + text(outcome.error, 2));
  if (answered_) {
    return OrthancPluginErrorCode_Success;
  }
  set_request_id();
  // Success (0) would let the core take the request for answered.
  const bool has_code =
      outcome.error[3].is_number_integer() && outcome.error[3].get<int64_t>() != 0;
  const auto code = has_code ? static_cast<OrthancPluginErrorCode>(outcome.error[3].get<int32_t>())
                             : OrthancPluginErrorCode_Plugin;
  return fail(outcome.message + task, code);
}

}  // namespace orthanc_runtime
