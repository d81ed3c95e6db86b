// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/lane_queue.h"

#include <algorithm>

namespace orthanc_runtime {

LaneQueue::~LaneQueue() {
  // A main lane that is kept beside the others refers to them, and they keep it.
  for (const std::shared_ptr<SharedLanes>& shared : sharing_) {
    shared->main.reset();
  }
}

LaneQueue::Lease LaneQueue::lease(const Deadline& deadline, const Start& start,
                                  const Sharing* sharing, bool guest) {
  std::unique_lock lock(mutex_);
  if (closed_) {
    return {nullptr, Refusal::Closed};
  }
  // Who cannot wait takes nothing from those who can: it is awaited itself by a task that runs.
  if (waiters_.empty() || deadline.passed()) {
    if (std::shared_ptr<Lane> lane = take(sharing)) {
      return {std::move(lane), Refusal::None};
    }
  }
  if (guest && !calling_.empty()) {
    Calling* const host = calling_.front();
    calling_.pop_front();
    host->has_guest = true;
    return {nullptr, Refusal::None, false, host};
  }
  Waiter waiter(start, sharing, guest);
  const auto place = waiters_.insert(waiters_.end(), &waiter);
  lock.unlock();
  if (!waiter.woken.await(deadline)) {
    lock.lock();
    if (!waiter.claimed) {
      waiters_.erase(place);
      // The next one may need less.
      serve_waiters(lock);
      return {nullptr, Refusal::Timeout};
    }
    lock.unlock();
    waiter.woken.await(Deadline::never());
  }
  return std::move(waiter.lease);
}

void LaneQueue::open(Calling& calling) {
  const std::lock_guard lock(mutex_);
  calling.is_closed = false;
  if (!calling.has_guest) {
    invite(calling);
  }
}

bool LaneQueue::close_to_guests(Calling& calling, const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  calling.is_closed = true;
  if (!calling.has_guest) {
    calling_.remove(&calling);
    return true;
  }
  const auto is_empty = [&] { return !calling.has_guest; };
  if (deadline.is_never()) {
    calling.guest_left.wait(lock, is_empty);
    return true;
  }
  return calling.guest_left.wait_until(lock, deadline.at(), is_empty);
}

void LaneQueue::leave(Calling& calling, bool lane_is_good) {
  const std::lock_guard lock(mutex_);
  calling.has_guest = false;
  if (calling.is_closed) {
    calling.guest_left.notify_one();
  } else if (lane_is_good) {
    invite(calling);
  }
}

void LaneQueue::invite(Calling& calling) {
  const auto guest = std::find_if(waiters_.begin(), waiters_.end(),
                                  [](const Waiter* waiter) { return waiter->guest; });
  if (guest == waiters_.end()) {
    calling_.push_back(&calling);
    return;
  }
  calling.has_guest = true;
  Waiter& waiter = **guest;
  waiters_.erase(guest);
  waiter.claimed = true;
  waiter.lease.host = &calling;
  waiter.woken.give();
}

std::shared_ptr<Lane> LaneQueue::take(const Sharing* sharing) {
  if (sharing != nullptr) {
    if (const auto shared = find_shared(*sharing)) {
      return shared->take(sharing->handler);
    }
  }
  if (idle_.empty()) {
    return nullptr;
  }
  std::shared_ptr<Lane> lane = std::move(idle_.back());
  idle_.pop_back();
  if (sharing == nullptr || !lane->shared) {
    return lane;
  }
  const std::shared_ptr<SharedLanes> shared = lane->shared;
  shared->main = std::move(lane);
  sharing_.push_back(shared);
  return shared->take(sharing->handler);
}

std::shared_ptr<SharedLanes> LaneQueue::find_shared(const Sharing& sharing) const {
  if (spread_ && !idle_.empty()) {
    return nullptr;
  }
  std::shared_ptr<SharedLanes> found;
  for (const std::shared_ptr<SharedLanes>& shared : sharing_) {
    if (shared->fits(sharing) && (!found || (spread_ && shared->load() < found->load()))) {
      found = shared;
    }
  }
  return found;
}

bool LaneQueue::give(const std::shared_ptr<Lane>& lane) {
  std::unique_lock lock(mutex_);
  if (const std::shared_ptr<SharedLanes> shared = lane->of.lock()) {
    shared->give(lane);
    settle(shared);
    if (shared->retired()) {
      return false;
    }
  } else {
    const auto is_lane = [&](const std::weak_ptr<Lane>& other) { return other.lock() == lane; };
    const auto discarded = std::find_if(discarded_.begin(), discarded_.end(), is_lane);
    if (discarded != discarded_.end()) {
      discarded_.erase(discarded);
      return false;
    }
    if (closed_) {
      return false;
    }
    idle_.push_back(lane);
  }
  serve_waiters(lock);
  return true;
}

void LaneQueue::settle(const std::shared_ptr<SharedLanes>& shared) {
  if (shared->retired() || shared->idle()) {
    sharing_.remove(shared);
  }
  if (shared->idle()) {
    const std::shared_ptr<Lane> main = std::move(shared->main);
    if (!shared->retired()) {
      idle_.push_back(main);
    }
  }
}

void LaneQueue::serve_waiters(std::unique_lock<std::mutex>& lock) {
  while (!waiters_.empty()) {
    Waiter* const waiter = waiters_.front();
    std::shared_ptr<Lane> lane = take(waiter->sharing);
    if (!lane) {
      return;
    }
    waiters_.pop_front();
    waiter->claimed = true;
    lock.unlock();
    waiter->lease.started = waiter->start(*lane);
    waiter->lease.lane = std::move(lane);
    waiter->woken.give();
    lock.lock();
  }
}

bool LaneQueue::lose(const std::shared_ptr<Lane>& lane) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<SharedLanes> shared = lane->of.lock();
  if (!shared) {
    return true;
  }
  const bool to_blame = shared->lose(lane);
  settle(shared);
  return to_blame;
}

void LaneQueue::discard(const std::shared_ptr<Lane>& lane) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find(idle_.begin(), idle_.end(), lane);
  if (found != idle_.end()) {
    idle_.erase(found);
    return;
  }
  if (lane->shared && lane->shared->main == lane) {
    // It is closed with the end of the last task beside it.
    lane->shared->retire();
    settle(lane->shared);
    return;
  }
  discarded_.remove_if([](const std::weak_ptr<Lane>& other) { return other.expired(); });
  discarded_.push_back(lane);
}

void LaneQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  idle_.clear();
  for (const std::shared_ptr<SharedLanes>& shared : sharing_) {
    shared->retire();
  }
  sharing_.clear();
  send_away(Refusal::Closed);
}

void LaneQueue::interrupt() {
  const std::lock_guard lock(mutex_);
  send_away(Refusal::Interrupted);
}

void LaneQueue::send_away(Refusal refusal) {
  for (Waiter* waiter : waiters_) {
    waiter->claimed = true;
    waiter->lease.refusal = refusal;
    waiter->woken.give();
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
