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

void HttpThreads::set_limits(size_t count, uint16_t port) {
  const std::lock_guard lock(mutex_);
  count_ = count;
  connections_.set_port(port);
}

bool HttpThreads::open_to_workers() const {
  return !left_to_clients_ && !(callbacks_ && functions_) && !InCallback::here();
}

std::shared_ptr<void> HttpThreads::reserve() {
  if (!open_to_workers() || !has_room()) {
    return nullptr;
  }
  ++held_;
  // The object is never looked at, only its end.
  return {this, [threads = shared_from_this()](void*) { --threads->held_; }};
}

bool HttpThreads::has_room() {
  const std::lock_guard lock(mutex_);
  const std::optional<size_t> connections = connections_.count();
  if (!connections) {
    return false;
  }
  // A connection that was just reserved may not have been counted.
  const size_t used = std::max(*connections, in_routes_ + held_);
  return used * 2 <= count_ && used + kMargin < count_;
}

}  // namespace orthanc_runtime
