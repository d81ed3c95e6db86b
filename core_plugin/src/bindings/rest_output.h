// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The answer to one REST request: Orthanc's output, lent to Python for the time of its callback.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bindings/users.h"

namespace orthanc_runtime {

namespace py = pybind11;

/// An answer whose bytes Python keeps, until the thread sends it without the GIL.
struct PendingAnswer {
  PyObject* owner;
  const void* data;
  std::uint32_t size;
  std::string mime_type;
};

/// What the callback's trampoline and the Python object share.
///
///   auto state = std::make_shared<OutputState>(output);
///   with the GIL:     make_rest_output(state), call the handler, close(*state)
///   without the GIL:  flush(*state), then park(*state)
///   with the GIL, at the start of any callback:  release_parked()
struct OutputState {
  explicit OutputState(OrthancPluginRestOutput* rest_output) : output(rest_output) {}
  OutputState(const OutputState&) = delete;
  OutputState& operator=(const OutputState&) = delete;

  OrthancPluginRestOutput* output;
  bool valid = true;
  /// a method that settles the answer was called, also where the answer is still pending
  bool answered = false;
  // the handler said itself what went wrong
  bool has_details = false;
  std::optional<PendingAnswer> pending;
  std::optional<PendingAnswer> sent;
  Users users;
};

/// Sends the pending answer, if there is one. Without the GIL.
void flush(OutputState& state) noexcept;
/// Ends the loan: further calls of Python raise. With the GIL.
void close(OutputState& state);
/// Gives the references of a flushed answer back. With the GIL.
void release(OutputState& state);
/// Leaves them to the next thread that enters Python, so that the GIL is taken once per request;
/// large answers are given back at once. Without the GIL.
void park(OutputState& state) noexcept;
/// With the GIL.
void release_parked();

/// The class orthanc.RestOutput.
class RestOutput {
 public:
  explicit RestOutput(std::shared_ptr<OutputState> state) : state_(std::move(state)) {}

 private:
  friend class OutputUse;
  std::shared_ptr<OutputState> state_;
};

py::object make_rest_output(std::shared_ptr<OutputState> state);

enum class Answers : bool { kNo, kYes };

/// Orthanc's output for the time of one call. Made and destroyed with the GIL; what was answered
/// before is sent first, so that calls reach Orthanc in the order in which they were made.
class OutputUse {
 public:
  OutputUse(const RestOutput& output, Answers answers);
  ~OutputUse();
  OutputUse(const OutputUse&) = delete;
  OutputUse& operator=(const OutputUse&) = delete;

  OrthancPluginRestOutput* get() const { return state_.output; }
  bool was_answered() const { return was_answered_; }
  void has_answered() const { state_.answered = true; }
  void has_details() const { state_.has_details = true; }
  /// Keeps the answer until the next call, or the end of the callback.
  void postpone(PendingAnswer answer) const { state_.pending = std::move(answer); }

 private:
  OutputState& state_;
  bool was_answered_;
};

}  // namespace orthanc_runtime
