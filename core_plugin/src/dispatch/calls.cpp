// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/calls.h"

#include <map>

#include "sdk.h"

namespace orthanc_runtime {

namespace {

using Handler = CallReply (*)(const Json& arguments, std::string_view body);

CallReply failure(OrthancPluginErrorCode code) {
  const char* description = OrthancPluginGetErrorDescription(sdk(), code);
  CallReply reply;
  reply.head = Json::array({static_cast<int>(code), description ? description : "", nullptr});
  return reply;
}

CallReply success(Json value = nullptr) {
  CallReply reply;
  reply.head = Json::array({0, "", std::move(value)});
  return reply;
}

/// Answers with the core's own buffer, freed once it is sent.
CallReply success(const OrthancPluginMemoryBuffer& buffer) {
  CallReply reply = success();
  reply.owner = std::shared_ptr<const void>(buffer.data, [](const void* data) {
    OrthancPluginMemoryBuffer freed{const_cast<void*>(data), 0};
    OrthancPluginFreeMemoryBuffer(sdk(), &freed);
  });
  reply.body = {static_cast<const char*>(buffer.data), buffer.size};
  return reply;
}

CallReply from_buffer(OrthancPluginErrorCode code, const OrthancPluginMemoryBuffer& buffer) {
  return code == OrthancPluginErrorCode_Success ? success(buffer) : failure(code);
}

struct RestCall {
  std::string uri;
  bool after_plugins;
};

RestCall rest_call(const Json& head) {
  if (head.size() != 3 || !head[1].is_string() || !head[2].is_boolean()) {
    throw ProtocolError("arguments of " + head[0].get<std::string>());
  }
  return {head[1].get<std::string>(), head[2].get<bool>()};
}

CallReply rest_get(const Json& head, std::string_view /*body*/) {
  const RestCall call = rest_call(head);
  OrthancPluginMemoryBuffer answer{};
  const auto get =
      call.after_plugins ? OrthancPluginRestApiGetAfterPlugins : OrthancPluginRestApiGet;
  return from_buffer(get(sdk(), &answer, call.uri.c_str()), answer);
}

CallReply rest_post(const Json& head, std::string_view body) {
  const RestCall call = rest_call(head);
  OrthancPluginMemoryBuffer answer{};
  const auto post =
      call.after_plugins ? OrthancPluginRestApiPostAfterPlugins : OrthancPluginRestApiPost;
  return from_buffer(
      post(sdk(), &answer, call.uri.c_str(), body.data(), static_cast<uint32_t>(body.size())),
      answer);
}

CallReply rest_put(const Json& head, std::string_view body) {
  const RestCall call = rest_call(head);
  OrthancPluginMemoryBuffer answer{};
  const auto put =
      call.after_plugins ? OrthancPluginRestApiPutAfterPlugins : OrthancPluginRestApiPut;
  return from_buffer(
      put(sdk(), &answer, call.uri.c_str(), body.data(), static_cast<uint32_t>(body.size())),
      answer);
}

CallReply rest_delete(const Json& head, std::string_view /*body*/) {
  const RestCall call = rest_call(head);
  const auto remove =
      call.after_plugins ? OrthancPluginRestApiDeleteAfterPlugins : OrthancPluginRestApiDelete;
  const OrthancPluginErrorCode code = remove(sdk(), call.uri.c_str());
  return code == OrthancPluginErrorCode_Success ? success() : failure(code);
}

CallReply generate_uuid(const Json& /*head*/, std::string_view /*body*/) {
  char* uuid = OrthancPluginGenerateUuid(sdk());
  if (uuid == nullptr) {
    return failure(OrthancPluginErrorCode_InternalError);
  }
  CallReply reply = success(std::string(uuid));
  OrthancPluginFreeString(sdk(), uuid);
  return reply;
}

const std::map<std::string_view, Handler>& handlers() {
  static const std::map<std::string_view, Handler> table{
      {"GenerateUuid", generate_uuid}, {"RestApiDelete", rest_delete}, {"RestApiGet", rest_get},
      {"RestApiPost", rest_post},      {"RestApiPut", rest_put},
  };
  return table;
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

CallReply SdkHost::call(const Json& head, std::string_view body) {
  if (!head.is_array() || head.empty() || !head[0].is_string()) {
    throw ProtocolError("head of CALL");
  }
  const auto found = handlers().find(head[0].get_ref<const std::string&>());
  if (found == handlers().end()) {
    throw ProtocolError("CALL of " + head[0].get<std::string>());
  }
  return found->second(head, body);
}

}  // namespace orthanc_runtime
