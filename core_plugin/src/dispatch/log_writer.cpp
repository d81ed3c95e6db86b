// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/log_writer.h"

#include <algorithm>
#include <atomic>

namespace orthanc_runtime {

namespace {

std::atomic<LogFormat> current{LogFormat::Text};

void write(LogLevel level, const std::string& text) {
  // That of the core itself: ours would find JSON to be a message.
  OrthancPluginContext* const context = core_sdk();
  if (context == nullptr) {
    return;
  }
  switch (level) {
    case LogLevel::Error:
      OrthancPluginLogError(context, text.c_str());
      break;
    case LogLevel::Warning:
      OrthancPluginLogWarning(context, text.c_str());
      break;
    case LogLevel::Info:
      OrthancPluginLogInfo(context, text.c_str());
      break;
  }
}

std::string text_of(const char* message) { return message == nullptr ? "" : message; }

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 4)
bool log_message_as_json(const _OrthancPluginLogMessage& given) {
  if (given.level > OrthancPluginLogLevel_Info) {
    return false;  // tracing has no function of its own, and is not for programs
  }
  write_log(LogLine(static_cast<LogLevel>(given.level), text_of(given.message)));
  return true;
}
#endif

}  // namespace

void set_log_format(LogFormat format) { current = format; }

void write_log(const LogLine& line) {
  if (current == LogFormat::Json) {
    write(line.level, as_json(line, std::chrono::system_clock::now()));
    return;
  }
  std::string text = as_text(line);
  // The core takes C strings.
  std::replace(text.begin(), text.end(), '\0', '?');
  write(line.level, text);
}

bool log_as_json(_OrthancPluginService service, const void* parameters) {
  if (current != LogFormat::Json) {
    return false;
  }
  LogLevel level = LogLevel::Error;
  switch (service) {
    case _OrthancPluginService_LogError:
      break;
    case _OrthancPluginService_LogWarning:
      level = LogLevel::Warning;
      break;
    case _OrthancPluginService_LogInfo:
      level = LogLevel::Info;
      break;
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 4)
    case _OrthancPluginService_LogMessage:
      return log_message_as_json(*static_cast<const _OrthancPluginLogMessage*>(parameters));
#endif
    default:
      return false;
  }
  write_log(LogLine(level, text_of(static_cast<const char*>(parameters))));
  return true;
}

}  // namespace orthanc_runtime
