// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <thread>

#include "child.h"
#include "dispatch/lane_queue.h"

using namespace orthanc_runtime;

namespace {

std::shared_ptr<Lane> make_lane(size_t shared) {
  auto lane = std::make_shared<Lane>(std::move(socket_pair().first), this_process());
  std::vector<std::shared_ptr<Lane>> beside;
  for (size_t i = 0; i < shared; ++i) {
    beside.push_back(std::make_shared<Lane>(std::move(socket_pair().first), this_process()));
  }
  lane->shared = std::make_shared<SharedLanes>(beside);
  for (const auto& each : beside) {
    each->of = lane->shared;
  }
  return lane;
}

bool start_nothing(Lane& /*lane*/) { return false; }

const std::string kHandler = "rest:script:/a#1";
const std::string kOther = "rest:script:/b#1";

struct Leases {
  LaneQueue& queue;
  std::shared_ptr<Lane> alone(double seconds = 0) const {
    return queue.lease(Deadline::in(seconds), start_nothing).lane;
  }
  std::shared_ptr<Lane> sharing(const std::string& handler, size_t limit = 10,
                                double seconds = 0) const {
    const Sharing sharing{handler, limit};
    return queue.lease(Deadline::in(seconds), start_nothing, &sharing).lane;
  }
};

void wait_for_waiters(const LaneQueue& queue, size_t count) {
  const Deadline deadline = Deadline::in(10);
  while (queue.waiting() != count && !deadline.passed()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  REQUIRE(queue.waiting() == count);
}

}  // namespace

TEST_CASE("tasks share a worker, which is nobody else's meanwhile") {
  LaneQueue queue;
  const Leases lease{queue};
  queue.give(make_lane(3));
  const auto first = lease.sharing(kHandler);
  const auto second = lease.sharing(kOther);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first != second);
  CHECK_FALSE(lease.alone());
  queue.give(first);
  CHECK_FALSE(lease.alone());
  queue.give(second);
  const auto main = lease.alone();
  CHECK(main);
  CHECK_FALSE(lease.sharing(kHandler));
}

TEST_CASE("no more than there are lanes, or than the handler allows") {
  LaneQueue queue;
  const Leases lease{queue};
  queue.give(make_lane(3));
  CHECK(lease.sharing(kHandler, 2));
  CHECK(lease.sharing(kHandler, 2));
  CHECK_FALSE(lease.sharing(kHandler, 2));
  CHECK(lease.sharing(kOther, 2));
  CHECK_FALSE(lease.sharing(kOther, 2));
}

TEST_CASE("a task of its own is not overtaken, and leaves the queue to what needs less") {
  LaneQueue queue;
  const Leases lease{queue};
  queue.give(make_lane(3));
  const auto held = lease.sharing(kHandler);
  std::shared_ptr<Lane> alone = held;
  std::thread alone_waits([&] { alone = lease.alone(1); });
  wait_for_waiters(queue, 1);
  std::shared_ptr<Lane> shared;
  std::thread shared_waits([&] { shared = lease.sharing(kHandler, 10, 60); });
  wait_for_waiters(queue, 2);
  alone_waits.join();
  shared_waits.join();
  CHECK_FALSE(alone);
  CHECK(shared);
}

TEST_CASE("several that wait are served together") {
  LaneQueue queue;
  const Leases lease{queue};
  std::vector<std::thread> threads;
  std::atomic<int> served{0};
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] { served += lease.sharing(kHandler, 10, 10) ? 1 : 0; });
  }
  wait_for_waiters(queue, 3);
  queue.give(make_lane(3));
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(served == 3);
}

TEST_CASE("few workers are shared, or all alike") {
  for (const bool spread : {false, true}) {
    LaneQueue queue(spread);
    const Leases lease{queue};
    queue.give(make_lane(4));
    queue.give(make_lane(4));
    for (int i = 0; i < 4; ++i) {
      CHECK(lease.sharing(kHandler));
    }
    CHECK(static_cast<bool>(lease.alone()) == !spread);
  }
}

TEST_CASE("a worker that is discarded keeps its main lane until the last of its tasks has ended") {
  LaneQueue queue;
  const Leases lease{queue};
  auto main = make_lane(2);
  const std::weak_ptr<Lane> observed = main;
  queue.give(main);
  auto task = lease.sharing(kHandler);
  queue.discard(main);
  main.reset();
  CHECK_FALSE(lease.sharing(kHandler));
  CHECK_FALSE(observed.expired());
  CHECK_FALSE(queue.give(task));
  CHECK(observed.expired());
}

TEST_CASE("the end of a worker is blamed on one handler, once") {
  LaneQueue queue;
  const Leases lease{queue};
  queue.give(make_lane(3));
  auto first = lease.sharing(kHandler);
  auto second = lease.sharing(kHandler);
  CHECK(queue.lose(first));
  CHECK_FALSE(lease.sharing(kHandler));
  CHECK_FALSE(queue.lose(second));
  queue.give(make_lane(3));
  first = lease.sharing(kHandler);
  second = lease.sharing(kOther);
  CHECK_FALSE(queue.lose(first));
  CHECK_FALSE(queue.lose(second));
}
