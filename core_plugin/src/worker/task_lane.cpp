// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker/task_lane.h"

#include <sstream>

#include "bindings/gil.h"
#include "worker/python_frame.h"

namespace py = pybind11;

namespace orthanc_runtime {

TaskLane::TaskLane(py::object frames, py::object leave, py::object abandon)
    : kept_frames_(std::move(frames)),
      frames_(kept_frames_.cast<FrameStream&>()),
      leave_(std::move(leave)),
      abandon_(std::move(abandon)) {}

ReceivedFrame TaskLane::receive() {
  for (;;) {
    ReceivedFrame frame = receive_any();
    if (frame.header.kind != FrameKind::Cancel) {
      if (!replied.is_none()) {
        replied();
      }
      return frame;
    }
    if (!cancel.is_none()) {
      cancel(frame.header.task);
    }
  }
}

ReceivedFrame TaskLane::receive_any() {
  try {
    return frames_.receive();
  } catch (py::error_already_set& error) {
    if (error.matches(PyExc_EOFError) || error.matches(PyExc_OSError)) {
      leave();
    }
    if (error.matches(py::module_::import("orthanc_runtime.protocol").attr("ProtocolError"))) {
      abandon(py::str(error.value()));
    }
    throw;
  }
}

void TaskLane::send(FrameKind kind, PyObject* head, PyObject* const* parts, size_t count) {
  const auto sending = lock();
  send_locked(kind, head, parts, count);
}

bool TaskLane::send_output(PyObject* of, PyObject* head, PyObject* data) {
  const auto sending = lock();
  if (output.ptr() != of) {
    return false;
  }
  send_locked(FrameKind::Output, head, &data, 1);
  return true;
}

void TaskLane::finish(FrameKind kind, PyObject* head, PyObject* const* parts, size_t count) {
  const auto sending = lock();
  output = py::none();
  send_locked(kind, head, parts, count);
}

ReceivedFrame TaskLane::call(PyObject* head, PyObject* const* parts, size_t count) {
  const uint64_t caller = task;
  const int its_depth = depth;
  send(FrameKind::Call, head, parts, count);
  for (;;) {
    ReceivedFrame frame = receive();
    const FrameHeader& header = frame.header;
    if (header.kind == FrameKind::Reply && header.task == caller && header.depth == its_depth) {
      return frame;
    }
    if (header.kind != FrameKind::Task || header.depth != its_depth + 1) {
      std::ostringstream text;
      text << "frame " << static_cast<int>(header.kind) << " of task " << header.task
           << " at depth " << static_cast<int>(header.depth) << " while task " << caller
           << " at depth " << its_depth << " waits for a reply";
      abandon(text.str());
    }
    run_nested(as_frame(frame));
  }
}

std::unique_lock<std::mutex> TaskLane::lock() {
  std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  if (!lock) {
    const GilRelease waiting;
    lock.lock();
  }
  return lock;
}

void TaskLane::send_locked(FrameKind kind, PyObject* head, PyObject* const* parts, size_t count) {
  try {
    frames_.send(kind, task, static_cast<uint8_t>(depth), head, parts, count);
  } catch (py::error_already_set& error) {
    if (error.matches(PyExc_OSError)) {
      leave();
    }
    throw;
  }
}

void TaskLane::leave() const {
  leave_();
  throw std::logic_error("a worker has not left");
}

void TaskLane::abandon(const std::string& why) const {
  abandon_(py::module_::import("orthanc_runtime.protocol").attr("ProtocolError")(why));
  throw std::logic_error("a worker has not left");
}

}  // namespace orthanc_runtime
