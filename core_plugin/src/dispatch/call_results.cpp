// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/call_results.h"

#include <cstring>

#include "dispatch/handles.h"

namespace orthanc_runtime::calls {

namespace {

std::string description_of(OrthancPluginErrorCode code) {
  const char* const description = OrthancPluginGetErrorDescription(sdk(), code);
  return description == nullptr ? "" : description;
}

Json encode(const CallOrigin& origin, Output& output, CallReply& reply) {
  if (output.object) {
    const uint64_t handle = origin.handles.add(origin.task, output.type, std::move(output.object));
    if (handle == 0) {
      throw Failure(OrthancPluginErrorCode_NotEnoughMemory,
                    "This worker holds " + std::to_string(Handles::kMaximum) +
                        " objects of Orthanc, drop some of them");
    }
    return handle;
  }
  if (!output.large) {
    return std::move(output.value);
  }
  if (reply.owner) {
    throw std::logic_error("two large values in one reply");
  }
  reply.owner = std::move(output.owner);
  reply.body = output.bytes;
  return true;
}

}  // namespace

Failure::Failure(OrthancPluginErrorCode code) : Failure(code, description_of(code)) {}

Output copy_string(const char* text) {
  Output output;
  if (text != nullptr) {
    const auto copy = std::make_shared<const std::string>(text);
    output.large = true;
    output.bytes = *copy;
    output.owner = copy;
  }
  return output;
}

Output take_string(char* text) {
  if (text == nullptr) {
    throw Failure(OrthancPluginErrorCode_InternalError);
  }
  Output output;
  output.large = true;
  output.owner = std::shared_ptr<const char>(
      text, [](const char* owned) { OrthancPluginFreeString(sdk(), const_cast<char*>(owned)); });
  output.bytes = text;
  return output;
}

Output enum_member(const char* /*enumeration*/, int64_t value) { return to_int(value); }

MemoryBuffer::~MemoryBuffer() {
  if (buffer_.data != nullptr) {
    OrthancPluginFreeMemoryBuffer(sdk(), &buffer_);
  }
}

Output MemoryBuffer::to_bytes() {
  Output output;
  output.large = true;
  output.bytes = {static_cast<const char*>(buffer_.data), buffer_.size};
  output.owner = std::shared_ptr<const void>(buffer_.data, [](const void* data) {
    if (data != nullptr) {
      OrthancPluginMemoryBuffer freed{const_cast<void*>(data), 0};
      OrthancPluginFreeMemoryBuffer(sdk(), &freed);
    }
  });
  buffer_.data = nullptr;
  return output;
}

Output MemoryBuffer::to_text() {
  Output output;
  output.value = buffer_.size == 0
                     ? std::string()
                     : std::string(static_cast<const char*>(buffer_.data), buffer_.size);
  return output;
}

CallReply make_reply(const CallOrigin& origin, Output* outputs, size_t count) {
  CallReply reply;
  Json value;
  if (count == 1) {
    value = encode(origin, outputs[0], reply);
  } else if (count > 1) {
    value = Json::array();
    for (size_t i = 0; i < count; ++i) {
      value.push_back(encode(origin, outputs[i], reply));
    }
  }
  reply.head = Json::array({0, "", std::move(value)});
  return reply;
}

CallReply make_reply(const Failure& failure) {
  CallReply reply;
  reply.head = Json::array({static_cast<int>(failure.code()), failure.what(), nullptr});
  return reply;
}

}  // namespace orthanc_runtime::calls
