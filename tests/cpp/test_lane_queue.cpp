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

bool start_nothing(Lane& /*lane*/) { return false; }

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
  CHECK(queue.lease(Deadline::in(0), start_nothing).lane == second);
  CHECK(queue.lease(Deadline::in(0), start_nothing).lane == first);
  CHECK(queue.lease(Deadline::in(0), start_nothing).refusal == LaneQueue::Refusal::Timeout);
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
      const auto lease = queue.lease(Deadline::in(10), start_nothing);
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
  CHECK(queue.lease(Deadline::in(0), start_nothing).lane == leased);
  queue.discard(leased);
  CHECK_FALSE(queue.give(leased));
  CHECK(queue.idle() == 0);
}

TEST_CASE("closing sends waiters away") {
  LaneQueue queue;
  std::atomic<bool> closed{false};
  std::thread thread([&] {
    closed = queue.lease(Deadline::in(10), start_nothing).refusal == LaneQueue::Refusal::Closed;
  });
  wait_for_waiters(queue, 1);
  queue.close();
  thread.join();
  CHECK(closed);
  CHECK_FALSE(queue.give(make_lane()));
  CHECK(queue.lease(Deadline::in(0), start_nothing).refusal == LaneQueue::Refusal::Closed);
}

TEST_CASE("a task that waits is started by whoever gives the lane") {
  LaneQueue queue;
  const auto giver = std::this_thread::get_id();
  const auto lane = make_lane();
  for (const bool can_start : {true, false}) {
    std::thread::id starter;
    const Lane* started = nullptr;
    LaneQueue::Lease lease;
    std::thread thread([&] {
      lease = queue.lease(Deadline::in(10), [&](Lane& given) {
        starter = std::this_thread::get_id();
        started = &given;
        return can_start;
      });
    });
    wait_for_waiters(queue, 1);
    queue.give(lane);
    thread.join();
    CHECK(starter == giver);
    CHECK(started == lane.get());
    CHECK(lease.lane == lane);
    CHECK(lease.started == can_start);
  }
}

TEST_CASE("a task that finds an idle lane starts itself") {
  LaneQueue queue;
  queue.give(make_lane());
  bool asked = false;
  const auto lease = queue.lease(Deadline::in(0), [&](Lane& /*lane*/) { return asked = true; });
  CHECK_FALSE(asked);
  CHECK_FALSE(lease.started);
}

TEST_CASE("a lane that comes while its waiter gives up is taken") {
  LaneQueue queue;
  const Deadline deadline = Deadline::in(1);
  LaneQueue::Lease lease;
  std::thread thread([&] {
    lease = queue.lease(deadline, [&](Lane& /*lane*/) {
      std::this_thread::sleep_until(deadline.at() + std::chrono::milliseconds(100));
      return true;
    });
  });
  wait_for_waiters(queue, 1);
  CHECK(queue.give(make_lane()));
  thread.join();
  CHECK(lease.lane != nullptr);
  CHECK(lease.started);
}
