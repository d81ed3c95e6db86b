// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "gate.h"

namespace orthanc_runtime {

namespace {
thread_local int passes = 0;
}  // namespace

Gate::Pass::Pass(Gate& gate, bool from_worker) : gate_(gate) {
  const std::lock_guard lock(gate_.mutex_);
  if (gate_.closed_ && passes == 0 && !from_worker) {
    entered_ = false;
    return;
  }
  ++gate_.inside_;
  ++passes;
}

Gate::Pass::~Pass() {
  if (!entered_) {
    return;
  }
  --passes;
  const std::lock_guard lock(gate_.mutex_);
  if (--gate_.inside_ == 0 && gate_.closed_) {
    gate_.empty_.notify_all();
  }
}

void Gate::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

bool Gate::wait_empty(const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  return empty_.wait_until(lock, deadline.at(), [this] { return inside_ == 0; });
}

}  // namespace orthanc_runtime
