// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The pipes beside the socket of a lane.
#pragma once

#include <cstddef>

#include "dispatch/descriptor.h"

namespace orthanc_runtime {

/// Larger bodies go by the socket, which is faster for them.
constexpr size_t kPipedBody = size_t{32} * 1024;

/// Frames go by them, one for each way: who reads from a pipe is woken by what is written to it.
/// Who reads from a socket is also woken each time that its peer has read.
struct LanePipes {
  /// Neither blocks.
  Descriptor out;
  Descriptor in;
  /// The other end of `out`: while it is open nobody who writes gets a SIGPIPE.
  Descriptor kept;

  explicit operator bool() const { return static_cast<bool>(out); }
};

}  // namespace orthanc_runtime
