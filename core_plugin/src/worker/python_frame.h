// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// orthanc_runtime.protocol.Frame, as Python code has it.
#pragma once

#include "worker/frame_stream.h"

namespace orthanc_runtime {

inline pybind11::object as_frame(const ReceivedFrame& frame) {
  return pybind11::module_::import("orthanc_runtime.protocol")
      .attr("Frame")(static_cast<int>(frame.header.kind), frame.header.depth, frame.header.task,
                     frame.head, frame.body);
}

inline ReceivedFrame from_frame(const pybind11::tuple& frame) {
  ReceivedFrame received;
  received.header.kind = static_cast<FrameKind>(frame[0].cast<int>());
  received.header.depth = frame[1].cast<uint8_t>();
  received.header.task = frame[2].cast<uint64_t>();
  received.head = frame[3];
  received.body = frame[4];
  return received;
}

}  // namespace orthanc_runtime
