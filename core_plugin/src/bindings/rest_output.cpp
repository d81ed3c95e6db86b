// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/rest_output.h"

#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "bindings/conversions.h"
#include "bindings/hand_written.h"
#include "errors.h"
#include "python_stack.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

// beyond this size memory is worth more than one hand-over of the GIL
constexpr std::uint32_t kParkedSize = 1024 * 1024;

struct Parked {
  std::mutex mutex;
  std::vector<PyObject*> owners;
};

// never destroyed: Orthanc's threads may outlive static objects
Parked& parked() {
  static auto* const instance = new Parked();
  return *instance;
}

void send(OrthancPluginRestOutput* output, const PendingAnswer& answer) {
  OrthancPluginAnswerBuffer(sdk(), output, answer.data, answer.size, answer.mime_type.c_str());
}

void answer_buffer(RestOutput& self, const OptionalBytes32& answer, const HeaderText& mime_type) {
  const OutputUse use(self, Answers::kYes);
  py::object owner = answer.immutable_owner();
  if (owner && !use.was_answered()) {
    use.postpone({owner.release().ptr(), answer.data(), answer.size(), mime_type.c_str()});
    return;
  }
  // bytes that could still change are sent at once; a second answer is Orthanc's to refuse and log
  call_sdk([&] {
    OrthancPluginAnswerBuffer(sdk(), use.get(), answer.data(), answer.size(), mime_type.c_str());
  });
}

void send_http_status(RestOutput& self, std::uint16_t status, const Bytes32& body,
                      std::uint32_t size) {
  if (size > body.size()) {
    throw py::value_error("bodySize is larger than the body");
  }
  const OutputUse use(self, Answers::kYes);
  call_sdk([&] { OrthancPluginSendHttpStatus(sdk(), use.get(), status, body.chars(), size); });
}

void set_http_error_details(RestOutput& self, const Text& details, std::uint8_t log) {
  const OutputUse use(self, Answers::kNo);
  call_sdk([&] { OrthancPluginSetHttpErrorDetails(sdk(), use.get(), details.c_str(), log); });
  use.has_details();
}

}  // namespace

void flush(OutputState& state) noexcept {
  if (state.pending) {
    send(state.output, *state.pending);
    state.sent = std::move(state.pending);
    state.pending.reset();
  }
}

void close(OutputState& state) {
  state.valid = false;
  state.users.wait_until_none();
}

void release(OutputState& state) {
  if (state.sent) {
    Py_DECREF(state.sent->owner);
    state.sent.reset();
  }
}

void park(OutputState& state) noexcept {
  if (!state.sent) {
    return;
  }
  try {
    if (state.sent->size > kParkedSize) {
      enter_python([&state] { release(state); });
      return;
    }
    const std::lock_guard<std::mutex> lock(parked().mutex);
    parked().owners.push_back(state.sent->owner);
  } catch (const std::bad_alloc&) {
    // without memory for a stack or the list, the answer itself stays in memory
  }
  state.sent.reset();
}

void release_parked() {
  std::vector<PyObject*> owners;
  {
    const std::lock_guard<std::mutex> lock(parked().mutex);
    owners.swap(parked().owners);
  }
  for (PyObject* const owner : owners) {
    Py_DECREF(owner);
  }
}

py::object make_rest_output(std::shared_ptr<OutputState> state) {
  return py::cast(std::make_unique<RestOutput>(std::move(state)));
}

OutputUse::OutputUse(const RestOutput& output, Answers answers)
    : state_(*output.state_), was_answered_(state_.answered) {
  if (!state_.valid) {
    throw_sdk_error(OrthancPluginErrorCode_BadSequenceOfCalls,
                    "This output was kept after the end of its request");
  }
  state_.users.add();
  if (std::optional<PendingAnswer> pending = std::exchange(state_.pending, std::nullopt)) {
    call_sdk([&] { send(state_.output, *pending); });
    Py_DECREF(pending->owner);
  }
  if (answers == Answers::kYes) {
    state_.answered = true;
  }
}

OutputUse::~OutputUse() { state_.users.remove(); }

void bind_rest_output(py::class_<RestOutput>& bound) {
  bound.def("AnswerBuffer", &answer_buffer,
            "AnswerBuffer(self, answer: str | Buffer | None, mimeType: str, /) -> None\n\n"
            "Answer the request with status 200 and this body. Bytes and strings are not copied.");
  bound.def("SetHttpErrorDetails", &set_http_error_details,
            "SetHttpErrorDetails(self, details: str, log: int, /) -> None\n\n"
            "What Orthanc says about a failure of this request, and whether it logs that, too.");
  bound.def("SendHttpStatus", &send_http_status,
            "Answer the request with any status, and the first bodySize bytes of the body.");
  bind_image_answers(bound);
}

}  // namespace orthanc_runtime
