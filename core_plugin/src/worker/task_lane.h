// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The worker's end of a lane: who may write what on it, and when.
#pragma once

#include <mutex>

#include "worker/frame_stream.h"

namespace orthanc_runtime {

/// Frames of one task at a time, and of the tasks nested in it; the base of
/// orthanc_runtime.workers.lane.Lane, where it is described.
class TaskLane {
 public:
  /// `leave()` and `abandon(error)` end the process.
  TaskLane(pybind11::object frames, pybind11::object leave, pybind11::object abandon);

  /// The next frame but CANCEL. Does not return where there is none.
  ReceivedFrame receive();

  /// The next frame, whatever it is.
  ReceivedFrame receive_any();

  void send(FrameKind kind, PyObject* head, PyObject* const* parts, size_t count);

  /// Sends an OUTPUT frame; false where this output belongs to no running task.
  bool send_output(PyObject* output, PyObject* head, PyObject* data);

  /// Sends the last frame of the innermost task; no OUTPUT frame can follow.
  void finish(FrameKind kind, PyObject* head, PyObject* const* parts, size_t count);

  /// Sends a CALL frame, runs what Orthanc sends to be run within, and returns the REPLY.
  ReceivedFrame call(PyObject* head, PyObject* const* parts, size_t count);

  [[noreturn]] void abandon(const std::string& why) const;

  FrameStream& frames() { return frames_; }

  uint64_t task = 0;
  int depth = -1;
  pybind11::object output = pybind11::none();
  pybind11::object cancel = pybind11::none();
  pybind11::object replied = pybind11::none();
  pybind11::object run_nested = pybind11::none();
  const unsigned long thread = PyThread_get_thread_ident();

 private:
  /// Waits without the GIL where another thread sends.
  std::unique_lock<std::mutex> lock();
  void send_locked(FrameKind kind, PyObject* head, PyObject* const* parts, size_t count);
  [[noreturn]] void leave() const;

  const pybind11::object kept_frames_;
  FrameStream& frames_;
  const pybind11::object leave_;
  const pybind11::object abandon_;
  std::mutex mutex_;
};

}  // namespace orthanc_runtime
