// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/http_threads.h"

#include <algorithm>

namespace orthanc_runtime {

namespace {

thread_local size_t routes_here = 0;
thread_local size_t callbacks_here = 0;

}  // namespace

HttpThreads::InRoute::InRoute(HttpThreads& threads) : threads_(threads) {
  if (routes_here++ == 0) {
    ++threads_.in_routes_;
  }
}

HttpThreads::InRoute::~InRoute() {
  if (--routes_here == 0) {
    --threads_.in_routes_;
  }
}

HttpThreads::InCallback::InCallback() { ++callbacks_here; }

HttpThreads::InCallback::~InCallback() { --callbacks_here; }

bool HttpThreads::InCallback::here() { return callbacks_here > 0; }

std::shared_ptr<void> HttpThreads::reserve(const void* worker) {
  if (InCallback::here()) {
    return nullptr;
  }
  const std::lock_guard lock(mutex_);
  forget_closed();
  const auto own = idle_.find(worker);
  if (own != idle_.end()) {
    own->second.pop_back();
    --idle_count_;
    if (own->second.empty()) {
      idle_.erase(own);
    }
  } else if (held_ + idle_count_ + in_routes_ + kMargin >= count_) {
    return nullptr;
  }
  ++held_;
  // The object is never looked at, only its end.
  return {const_cast<void*>(worker),
          [threads = shared_from_this()](void* of) { threads->give_back(of); }};
}

size_t HttpThreads::reserved() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

void HttpThreads::give_back(const void* worker) {
  const std::lock_guard lock(mutex_);
  --held_;
  ++idle_count_;
  idle_[worker].push_back(Deadline::in(kIdle).at());
}

void HttpThreads::forget_closed() {
  const auto now = Deadline::Clock::now();
  for (auto entry = idle_.begin(); entry != idle_.end();) {
    auto& closing = entry->second;
    const auto open = std::partition_point(closing.begin(), closing.end(),
                                           [now](const auto& at) { return at <= now; });
    idle_count_ -= static_cast<size_t>(open - closing.begin());
    closing.erase(closing.begin(), open);
    entry = closing.empty() ? idle_.erase(entry) : std::next(entry);
  }
}

}  // namespace orthanc_runtime
