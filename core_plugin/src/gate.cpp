// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "gate.h"

namespace orthanc_runtime {

namespace {
thread_local int passes = 0;
thread_local int stays = 0;
}  // namespace

Gate::Pass::Pass(Gate& gate, bool from_worker) : gate_(gate) {
  const bool goes_on = from_worker || stays > 0;
  const std::lock_guard lock(gate_.mutex_);
  if (passes == 0) {
    if (gate_.entry_ == Entry::Paused || (gate_.entry_ == Entry::Draining && !goes_on)) {
      refusal_ = "REST callbacks are being registered";
    } else if (gate_.closed_ && !goes_on) {
      refusal_ = "Orthanc is stopping";
    }
  }
  if (refusal_ == nullptr) {
    ++gate_.inside_;
    ++passes;
  }
}

Gate::Pass::~Pass() {
  if (refusal_ != nullptr) {
    return;
  }
  --passes;
  const std::lock_guard lock(gate_.mutex_);
  if (--gate_.inside_ == 0) {
    gate_.empty_.notify_all();
  }
}

Gate::Stay::Stay(Gate& gate) : gate_(gate) {
  ++stays;
  const std::lock_guard lock(gate_.mutex_);
  ++gate_.staying_;
}

Gate::Stay::~Stay() {
  --stays;
  const std::lock_guard lock(gate_.mutex_);
  if (--gate_.staying_ == 0) {
    gate_.empty_.notify_all();
  }
}

Gate::Pause::Pause(Gate& gate, double grace, double drain) : gate_(gate) {
  std::unique_lock lock(gate_.mutex_);
  const auto is_empty = [&] { return gate_.inside_ == 0 || gate_.closed_; };
  if (!gate_.empty_.wait_until(lock, Deadline::in(grace).at(), is_empty)) {
    gate_.entry_ = Entry::Draining;
    reached_ = gate_.empty_.wait_until(lock, Deadline::in(drain).at(), is_empty);
  }
  gate_.set_entry(reached_ ? Entry::Paused : Entry::Open);
}

Gate::Pause::Pause(Gate& gate) : gate_(gate) {
  std::unique_lock lock(gate_.mutex_);
  gate_.empty_.wait(lock, [&] { return gate_.inside_ == 0 || gate_.closed_; });
  gate_.set_entry(Entry::Paused);
}

Gate::Pause::~Pause() {
  const std::lock_guard lock(gate_.mutex_);
  gate_.set_entry(Entry::Open);
}

void Gate::set_entry(Entry entry) {
  entry_ = entry;
  paused_ = entry == Entry::Paused;
  if (!paused_) {
    opened_.notify_all();
  }
}

void Gate::await_open(const Deadline& deadline) {
  if (!paused_) {
    return;
  }
  std::unique_lock lock(mutex_);
  opened_.wait_until(lock, deadline.at(), [this] { return !paused_ || closed_; });
}

void Gate::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  empty_.notify_all();
  opened_.notify_all();
}

bool Gate::is_closed() {
  const std::lock_guard lock(mutex_);
  return closed_;
}

bool Gate::wait_empty(const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  return empty_.wait_until(lock, deadline.at(), [this] { return inside_ == 0 && staying_ == 0; });
}

}  // namespace orthanc_runtime
