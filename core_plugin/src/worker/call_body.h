// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The large body of a call, drawn in orthanc_runtime/payload.py.
#pragma once

#include <pybind11/pybind11.h>

namespace orthanc_runtime {

class FrameStream;

/// Receives it, each of its buffers straight into the bytes or the bytearray that the function
/// gets: a tuple of the pickle, bytes, and the list of the buffers. Throws ProtocolError,
/// error_already_set.
pybind11::object receive_call_body(FrameStream& frames, size_t size);

}  // namespace orthanc_runtime
