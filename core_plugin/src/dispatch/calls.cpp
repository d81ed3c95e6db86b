// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/calls.h"

namespace orthanc_runtime {

namespace {

calls::Executor find_executor(std::string_view name) {
  for (const calls::Table* table : {&calls::generated(), &calls::by_hand()}) {
    const auto found = table->find(name);
    if (found != table->end()) {
      return found->second;
    }
  }
  throw ProtocolError("CALL of " + std::string(name));
}

}  // namespace

void SdkHost::log(LogLevel level, const std::string& message) {
  switch (level) {
    case LogLevel::Error:
      OrthancPluginLogError(sdk(), message.c_str());
      break;
    case LogLevel::Warning:
      OrthancPluginLogWarning(sdk(), message.c_str());
      break;
    case LogLevel::Info:
      OrthancPluginLogInfo(sdk(), message.c_str());
      break;
  }
}

CallReply SdkHost::call(const CallOrigin& origin, const Json& head, std::string_view body) {
  if (!head.is_array() || head.empty() || !head[0].is_string()) {
    throw ProtocolError("head of CALL");
  }
  const calls::Executor execute = find_executor(head[0].get_ref<const std::string&>());
  calls::Arguments given(origin, head, body);
  try {
    return execute(given);
  } catch (const calls::Failure& failure) {
    return calls::make_reply(failure);
  }
}

}  // namespace orthanc_runtime
