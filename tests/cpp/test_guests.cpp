// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <thread>

#include "child.h"
#include "dispatch/exchange.h"

using namespace orthanc_runtime;

namespace {

class SilentHost : public Host {
 public:
  void log(const LogLine& /*line*/) override {}
  CallReply call(const CallOrigin& /*origin*/, const Json& /*head*/,
                 std::string_view /*body*/) override {
    return {};
  }
};

bool start_nothing(Lane& /*lane*/) { return false; }

/// A task whose CALL is being served.
struct Served {
  SilentHost host;
  Exchange exchange{host, std::make_shared<Lane>(std::move(socket_pair().first), this_process()), 0,
                    Deadline::never()};
  Calling calling{exchange};
};

LaneQueue::Lease lease_as_guest(LaneQueue& queue, double seconds) {
  return queue.lease(Deadline::in(seconds), start_nothing, nullptr, true);
}

}  // namespace

TEST_CASE("a guest runs within a task that is being served, others wait for a lane") {
  LaneQueue queue;
  Served served;
  queue.open(served.calling);
  CHECK(queue.lease(Deadline::in(0), start_nothing).refusal == LaneQueue::Refusal::Timeout);
  CHECK(lease_as_guest(queue, 0).host == &served.calling);
  CHECK(lease_as_guest(queue, 0).refusal == LaneQueue::Refusal::Timeout);
  queue.leave(served.calling, true);
  CHECK(lease_as_guest(queue, 0).host == &served.calling);
  queue.leave(served.calling, false);
  CHECK(lease_as_guest(queue, 0).refusal == LaneQueue::Refusal::Timeout);
  CHECK(queue.close_to_guests(served.calling, Deadline::in(0)));
}

TEST_CASE("a guest that waits comes with the next call") {
  LaneQueue queue;
  Served served;
  auto guest = std::async(std::launch::async, [&] { return lease_as_guest(queue, 10).host; });
  const Deadline deadline = Deadline::in(10);
  while (queue.waiting() == 0 && !deadline.passed()) {
    std::this_thread::yield();
  }
  queue.open(served.calling);
  CHECK(guest.get() == &served.calling);
  CHECK(queue.waiting() == 0);
}

TEST_CASE("an idle lane is better than being a guest") {
  LaneQueue queue;
  Served served;
  queue.open(served.calling);
  queue.give(std::make_shared<Lane>(std::move(socket_pair().first), this_process()));
  CHECK((lease_as_guest(queue, 0).lane != nullptr));
}

TEST_CASE("the end of a call waits for its guest") {
  LaneQueue queue;
  Served served;
  queue.open(served.calling);
  REQUIRE(lease_as_guest(queue, 0).host == &served.calling);
  CHECK_FALSE(queue.close_to_guests(served.calling, Deadline::in(0)));
  std::atomic<bool> left{false};
  std::thread guest([&] {
    left = true;
    queue.leave(served.calling, true);
  });
  CHECK(queue.close_to_guests(served.calling, Deadline::in(10)));
  CHECK(left);
  guest.join();
  CHECK(lease_as_guest(queue, 0).refusal == LaneQueue::Refusal::Timeout);
}
