// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/calls.h"

#include "dispatch/function_calls.h"
#include "dispatch/log_writer.h"

namespace orthanc_runtime {

namespace {

// No function of the SDK.
constexpr std::string_view kReserveHttpThread = "ReserveHttpThread";
constexpr std::string_view kMayUseHttp = "MayUseHttp";
constexpr std::string_view kCallFunction = "CallFunction";

calls::Executor find_executor(std::string_view name) {
  for (const calls::Table* table : {&calls::generated(), &calls::by_hand(),
                                    &calls::dicomweb_calls(), &calls::resource_calls()}) {
    const auto found = table->find(name);
    if (found != table->end()) {
      return found->second;
    }
  }
  throw ProtocolError("CALL of " + std::string(name));
}

}  // namespace

void SdkHost::log(const LogLine& line) { write_log(line); }

CallReply SdkHost::reserve_http_thread(calls::Arguments& given) const {
  given.end();
  calls::Output output;
  output.object = http_threads_->reserve();
  output.type = &calls::kTypeOf<HttpThreads>;
  return calls::reply(given.origin(), std::move(output));
}

CallReply SdkHost::may_use_http(calls::Arguments& given) {
  given.end();
  const bool may = http_threads_->open_to_workers();
  if (!may && !channel_said_.exchange(true)) {
    log({LogCode::HttpReplaced,
         "RestTransport is Http, but Orthanc may call workers, or holds its lock, while it answers "
         "one: there rest goes by the channel"});
  }
  calls::Output output;
  output.value = may;
  return calls::reply(given.origin(), std::move(output));
}

CallReply SdkHost::call(const CallOrigin& origin, const Json& head, std::string_view body) {
  if (!head.is_array() || head.empty() || !head[0].is_string()) {
    throw ProtocolError("head of CALL");
  }
  const auto& name = head[0].get_ref<const std::string&>();
  if (name == kCallFunction) {
    return call_function(*pools_(), head, body);
  }
  calls::Arguments given(origin, head, body);
  try {
    if (name == kReserveHttpThread) {
      return reserve_http_thread(given);
    }
    return name == kMayUseHttp ? may_use_http(given) : find_executor(name)(given);
  } catch (const calls::Failure& failure) {
    return calls::make_reply(failure);
  }
}

}  // namespace orthanc_runtime
