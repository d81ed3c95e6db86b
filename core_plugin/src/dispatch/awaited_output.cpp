// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/awaited_output.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "dispatch/call_results.h"
#include "dispatch/images.h"
#include "dispatch/pixels.h"

namespace orthanc_runtime {

namespace {

using Output = OrthancPluginRestOutput*;
using Body = std::string_view;

const char* text(const Json& value) { return value.get_ref<const std::string&>().c_str(); }

bool is_number(const Json& value, int64_t least, int64_t greatest) {
  if (!value.is_number_integer()) {
    return false;
  }
  // beyond int64_t, a number without sign becomes negative
  const bool huge = value.is_number_unsigned() &&
                    value.get<uint64_t>() > uint64_t{std::numeric_limits<int64_t>::max()};
  return !huge && value.get<int64_t>() >= least && value.get<int64_t>() <= greatest;
}

bool is_map_of_texts(const Json& value) {
  return value.is_object() &&
         std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
}

bool matches(char kind, const Json& value) {
  switch (kind) {
    case 't':
      return value.is_string();
    case 'u':
      return is_number(value, 0, std::numeric_limits<uint32_t>::max());
    case 'i':
      return is_number(value, std::numeric_limits<int32_t>::min(),
                       std::numeric_limits<int32_t>::max());
    default:
      return is_map_of_texts(value);
  }
}

uint32_t size_of(Body body) { return static_cast<uint32_t>(body.size()); }

void send_item_with_headers(Output output, const Json& head, Body body) {
  std::vector<const char*> keys;
  std::vector<const char*> values;
  for (const auto& [key, value] : head[1].get_ref<const Json::object_t&>()) {
    keys.push_back(key.c_str());
    values.push_back(text(value));
  }
  calls::check(OrthancPluginSendMultipartItem2(sdk(), output, body.data(), size_of(body),
                                               static_cast<uint32_t>(keys.size()), keys.data(),
                                               values.data()));
}

void send_image(Output output, OrthancPluginImageFormat compression, const Json& head, Body body,
                uint8_t quality) {
  const auto format = head[1].get<int32_t>();
  const auto width = head[2].get<uint32_t>();
  const auto height = head[3].get<uint32_t>();
  const auto pitch = head[4].get<uint32_t>();
  const std::string problem = pixels_problem(format, width, height, pitch, body.size());
  if (!problem.empty()) {
    throw calls::BadValue(problem);
  }
  calls::check(
      answer_image(output, compression, format, width, height, pitch, body.data(), quality));
}

const std::map<std::string_view, AwaitedOutput>& awaited_outputs() {
  static const std::map<std::string_view, AwaitedOutput> table{
      {"StartStreamAnswer",
       {"t", true, true,
        [](Output output, const Json& head, Body /*body*/) {
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 6)
          calls::check(OrthancPluginStartStreamAnswer(sdk(), output, text(head[1])));
#else
          static_cast<void>(output);
          static_cast<void>(head);
          throw calls::Failure(OrthancPluginErrorCode_UnknownPluginService);
#endif
        }}},
      {"SendStreamChunk",
       {"", true, true,
        [](Output output, const Json& /*head*/, Body body) {
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 6)
          calls::check(OrthancPluginSendStreamChunk(sdk(), output, body.data(), size_of(body)));
#else
          static_cast<void>(output);
          static_cast<void>(body);
          throw calls::Failure(OrthancPluginErrorCode_UnknownPluginService);
#endif
        }}},
      {"StartMultipartAnswer",
       {"tt", true, false,
        [](Output output, const Json& head, Body /*body*/) {
          calls::check(
              OrthancPluginStartMultipartAnswer(sdk(), output, text(head[1]), text(head[2])));
        }}},
      {"SendMultipartItem",
       {"", true, false,
        [](Output output, const Json& /*head*/, Body body) {
          calls::check(OrthancPluginSendMultipartItem(sdk(), output, body.data(), size_of(body)));
        }}},
      {"SendMultipartItem2", {"m", true, false, send_item_with_headers}},
      {"CompressAndAnswerPngImage",
       {"iuuu", false, true,
        [](Output output, const Json& head, Body body) {
          send_image(output, OrthancPluginImageFormat_Png, head, body, 0);
        }}},
      {"CompressAndAnswerJpegImage",
       {"iuuuu", false, true,
        [](Output output, const Json& head, Body body) {
          // the core takes 1 to 100, and refuses what is left of a larger number, too
          const auto quality = std::min(head[5].get<uint32_t>(), uint32_t{255});
          send_image(output, OrthancPluginImageFormat_Jpeg, head, body,
                     static_cast<uint8_t>(quality));
        }}},
  };
  return table;
}

}  // namespace

const AwaitedOutput* find_awaited_output(const Json& head) {
  if (!head.is_array() || head.empty() || !head[0].is_string()) {
    return nullptr;
  }
  const auto& name = head[0].get_ref<const std::string&>();
  const auto found = awaited_outputs().find(name);
  if (found == awaited_outputs().end()) {
    return nullptr;
  }
  const std::string_view arguments = found->second.arguments;
  bool fits = head.size() == 1 + arguments.size();
  for (size_t i = 0; fits && i < arguments.size(); ++i) {
    fits = matches(arguments[i], head[i + 1]);
  }
  if (!fits) {
    throw ProtocolError("arguments of output call " + name);
  }
  return &found->second;
}

}  // namespace orthanc_runtime
