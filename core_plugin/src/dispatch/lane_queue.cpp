// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/lane_queue.h"

#include <algorithm>

namespace orthanc_runtime {

LaneQueue::Lease LaneQueue::lease(const Deadline& deadline, const Start& start) {
  std::unique_lock lock(mutex_);
  if (closed_) {
    return {nullptr, Refusal::Closed};
  }
  if (!idle_.empty()) {
    auto lane = std::move(idle_.back());
    idle_.pop_back();
    return {std::move(lane), Refusal::None};
  }
  Waiter waiter(start);
  Lease& lease = waiter.lease;
  const auto place = waiters_.insert(waiters_.end(), &waiter);
  while (!lease.lane && lease.refusal == Refusal::None) {
    if (deadline.is_never() || waiter.claimed) {
      waiter.woken.wait(lock);
    } else if (waiter.woken.wait_until(lock, deadline.at()) == std::cv_status::timeout &&
               !waiter.claimed && !lease.lane && lease.refusal == Refusal::None) {
      // Whoever claims or wakes a waiter has taken it out of the list.
      waiters_.erase(place);
      lease.refusal = Refusal::Timeout;
    }
  }
  return std::move(lease);
}

bool LaneQueue::give(const std::shared_ptr<Lane>& lane) {
  std::unique_lock lock(mutex_);
  const auto is_lane = [&](const std::weak_ptr<Lane>& other) { return other.lock() == lane; };
  const auto discarded = std::find_if(discarded_.begin(), discarded_.end(), is_lane);
  if (discarded != discarded_.end()) {
    discarded_.erase(discarded);
    return false;
  }
  if (closed_) {
    return false;
  }
  if (waiters_.empty()) {
    idle_.push_back(lane);
  } else {
    Waiter* waiter = waiters_.front();
    waiters_.pop_front();
    waiter->claimed = true;
    lock.unlock();
    const bool started = waiter->start(*lane);
    lock.lock();
    waiter->lease.started = started;
    waiter->lease.lane = lane;
    waiter->woken.notify_one();
  }
  return true;
}

void LaneQueue::discard(const std::shared_ptr<Lane>& lane) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find(idle_.begin(), idle_.end(), lane);
  if (found != idle_.end()) {
    idle_.erase(found);
  } else {
    discarded_.remove_if([](const std::weak_ptr<Lane>& other) { return other.expired(); });
    discarded_.push_back(lane);
  }
}

void LaneQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  idle_.clear();
  send_away(Refusal::Closed);
}

void LaneQueue::interrupt() {
  const std::lock_guard lock(mutex_);
  send_away(Refusal::Interrupted);
}

void LaneQueue::send_away(Refusal refusal) {
  for (Waiter* waiter : waiters_) {
    waiter->lease.refusal = refusal;
    waiter->woken.notify_one();
  }
  waiters_.clear();
}

size_t LaneQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

size_t LaneQueue::idle() const {
  const std::lock_guard lock(mutex_);
  return idle_.size();
}

}  // namespace orthanc_runtime
