// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "child.h"
#include "dispatch/lane_queue.h"

using namespace orthanc_runtime;

namespace {

std::shared_ptr<Lane> make_lane() {
  return std::make_shared<Lane>(std::move(socket_pair().first), this_process());
}

void wait_for_waiters(const LaneQueue& queue, size_t count) {
  const Deadline deadline = Deadline::in(10);
  while (queue.waiting() != count && !deadline.passed()) {
    std::this_thread::yield();
  }
  REQUIRE(queue.waiting() == count);
}

}  // namespace

TEST_CASE("the lane used last is leased first") {
  LaneQueue queue;
  const auto first = make_lane();
  const auto second = make_lane();
  queue.give(first);
  queue.give(second);
  CHECK(queue.lease(Deadline::in(0)).lane == second);
  CHECK(queue.lease(Deadline::in(0)).lane == first);
  CHECK(queue.lease(Deadline::in(0)).refusal == LaneQueue::Refusal::Timeout);
  CHECK(queue.waiting() == 0);
}

TEST_CASE("waiters are served in the order they came") {
  LaneQueue queue;
  std::vector<int> order;
  std::mutex mutex;
  std::vector<std::thread> threads;
  const auto lane = make_lane();
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const auto lease = queue.lease(Deadline::in(10));
      {
        const std::lock_guard lock(mutex);
        order.push_back(i);
      }
      queue.give(lease.lane);
    });
    wait_for_waiters(queue, static_cast<size_t>(i) + 1);
  }
  queue.give(lane);
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(order == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("a discarded lane does not come back") {
  LaneQueue queue;
  const auto idle = make_lane();
  queue.give(idle);
  queue.discard(idle);
  CHECK(queue.idle() == 0);
  const auto leased = make_lane();
  queue.give(leased);
  CHECK(queue.lease(Deadline::in(0)).lane == leased);
  queue.discard(leased);
  CHECK_FALSE(queue.give(leased));
  CHECK(queue.idle() == 0);
}

TEST_CASE("closing sends waiters away") {
  LaneQueue queue;
  std::atomic<bool> closed{false};
  std::thread thread(
      [&] { closed = queue.lease(Deadline::in(10)).refusal == LaneQueue::Refusal::Closed; });
  wait_for_waiters(queue, 1);
  queue.close();
  thread.join();
  CHECK(closed);
  CHECK_FALSE(queue.give(make_lane()));
  CHECK(queue.lease(Deadline::in(0)).refusal == LaneQueue::Refusal::Closed);
}
