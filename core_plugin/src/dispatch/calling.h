// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A task whose worker waits for a CALL: meanwhile another thread can run one within it.
#pragma once

#include <condition_variable>

namespace orthanc_runtime {

class Exchange;

/// Belongs to the thread that serves the CALL, and to the queue of lanes while that is under way.
struct Calling {
  explicit Calling(Exchange& served) : exchange(served) {}

  Exchange& exchange;
  bool has_guest = false;
  bool is_closed = false;  // to guests
  std::condition_variable guest_left;
};

}  // namespace orthanc_runtime
