// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/call_arguments.h"

#include <chrono>

#include "dispatch/lent_objects.h"
#include "dispatch/pixels.h"

namespace orthanc_runtime::calls {

namespace {

constexpr std::chrono::seconds kOtherCall{60};

const char* checked_text(const Arguments& arguments, const Json& value) {
  if (!value.is_string()) {
    arguments.refuse("no string");
  }
  const auto& text = value.get_ref<const std::string&>();
  if (text.find('\0') != std::string::npos) {
    arguments.refuse("a string with NUL");
  }
  return text.c_str();
}

}  // namespace

ObjectInUse::ObjectInUse(std::shared_ptr<HeldObject> held)
    : held_(std::move(held)), lock_(held_->in_use, kOtherCall) {
  if (!lock_.owns_lock()) {
    throw Failure(OrthancPluginErrorCode_BadSequenceOfCalls,
                  "Another thread of the worker has been using this object for a minute");
  }
}

Arguments::Arguments(const CallOrigin& origin, const Json& head, std::string_view body)
    : origin_(origin), head_(head), body_(body) {}

void Arguments::refuse(const std::string& why) const {
  throw ProtocolError("argument " + std::to_string(at_ - 1) + " of CALL " +
                      head_[0].get<std::string>() + ": " + why);
}

const Json& Arguments::next() {
  ++at_;
  if (at_ > head_.size()) {
    refuse("missing");
  }
  return head_[at_ - 1];
}

bool Arguments::next_is_nil() const { return at_ < head_.size() && head_[at_].is_null(); }

std::string_view Arguments::next_bytes(uint64_t limit) {
  const uint64_t size = to_unsigned(*this, limit);
  if (size > body_.size()) {
    refuse("more bytes than came");
  }
  const std::string_view taken = body_.substr(0, size);
  body_.remove_prefix(size);
  return taken;
}

ObjectInUse Arguments::next_object(const void* type) {
  const uint64_t handle = to_unsigned(*this, std::numeric_limits<uint64_t>::max());
  if (LentObjects::is_number(handle)) {
    return next_lent(type, handle);
  }
  Handles::Found found = origin_.handles.find(origin_.task, type, handle);
  switch (found.problem) {
    case Handles::Problem::None:
      break;
    case Handles::Problem::Stale:
      throw Failure(OrthancPluginErrorCode_BadSequenceOfCalls,
                    "This object was kept after the end of its task");
    case Handles::Problem::OfAnotherTask:
      throw Failure(OrthancPluginErrorCode_BadSequenceOfCalls,
                    "This object belongs to another task of its worker");
    case Handles::Problem::WrongType:
      refuse("an object of another class");
    case Handles::Problem::NeverIssued:
      refuse("an object that was never made");
  }
  return ObjectInUse(std::move(found.held));
}

ObjectInUse Arguments::next_lent(const void* type, uint64_t number) const {
  if (origin_.lent == nullptr) {
    throw Failure(OrthancPluginErrorCode_BadSequenceOfCalls,
                  "This object was lent to a call: it can be used until that returns, and in the "
                  "thread that runs it");
  }
  const LentObjects::Found found = origin_.lent->find(origin_.task, type, number);
  switch (found.problem) {
    case LentObjects::Problem::None:
      break;
    case LentObjects::Problem::OfAnotherTask:
      throw Failure(OrthancPluginErrorCode_BadSequenceOfCalls,
                    "This object was lent to another call");
    case LentObjects::Problem::WrongType:
      refuse("an object of another class");
    case LentObjects::Problem::NeverLent:
      refuse("an object that was never lent");
  }
  return ObjectInUse(found.object);
}

void Arguments::end() const {
  if (at_ != head_.size()) {
    throw ProtocolError("too many arguments of CALL " + head_[0].get<std::string>());
  }
  if (!body_.empty()) {
    throw ProtocolError("a body that no argument of CALL " + head_[0].get<std::string>() +
                        " takes");
  }
}

Text::Text(Arguments& arguments) : text_(checked_text(arguments, arguments.next())) {}

OptionalText::OptionalText(Arguments& arguments) {
  const Json& value = arguments.next();
  text_ = value.is_null() ? nullptr : checked_text(arguments, value);
}

int64_t to_signed(Arguments& arguments, int64_t least, int64_t greatest) {
  const Json& value = arguments.next();
  if (!value.is_number_integer()) {
    arguments.refuse("no integer");
  }
  const bool too_large =
      value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(greatest);
  if (too_large || value.get<int64_t>() < least || value.get<int64_t>() > greatest) {
    arguments.refuse("out of range");
  }
  return value.get<int64_t>();
}

uint64_t to_unsigned(Arguments& arguments, uint64_t greatest) {
  const Json& value = arguments.next();
  if (!value.is_number_unsigned()) {
    arguments.refuse("no unsigned integer");
  }
  if (value.get<uint64_t>() > greatest) {
    arguments.refuse("out of range");
  }
  return value.get<uint64_t>();
}

float to_float(Arguments& arguments) {
  const Json& value = arguments.next();
  if (!value.is_number()) {
    arguments.refuse("no number");
  }
  return value.get<float>();
}

HttpHeaders::HttpHeaders(Arguments& arguments) {
  const Json& headers = arguments.next();
  if (headers.is_null()) {
    return;
  }
  if (!headers.is_object()) {
    arguments.refuse("no map");
  }
  for (const auto& header : headers.items()) {
    if (header.key().find('\0') != std::string::npos) {
      arguments.refuse("a string with NUL");
    }
    keys_.push_back(header.key().c_str());
    values_.push_back(checked_text(arguments, header.value()));
  }
}

void require_pixels(const Bytes64& pixels, int32_t format, uint64_t width, uint64_t height,
                    uint64_t pitch) {
  const std::string problem = pixels_problem(format, width, height, pitch, pixels.size());
  if (!problem.empty()) {
    throw BadValue(problem);
  }
}

}  // namespace orthanc_runtime::calls
