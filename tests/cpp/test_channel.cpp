// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>
#include <poll.h>

#include <csignal>
#include <thread>

#include "child.h"
#include "dispatch/channel.h"

using namespace orthanc_runtime;

namespace {

FrameHeader header(FrameKind kind, uint64_t task) {
  FrameHeader made;
  made.kind = kind;
  made.task = task;
  return made;
}

void send(Channel& channel, uint64_t task, const std::string& body) {
  const iovec part{const_cast<char*>(body.data()), body.size()};
  channel.send(header(FrameKind::Output, task), encode_head(Json::array({"x"})), &part, 1,
               Deadline::in(20));
}

}  // namespace

TEST_CASE("frames of all sizes arrive whole and in order") {
  for (const bool piped : {false, true}) {
    auto [left, right] = lane_pair(piped);
    Channel sender = channel_of(std::move(left), this_process());
    Channel receiver = channel_of(std::move(right), this_process());
    const std::vector<size_t> sizes{0,     1,     100,     kPipedBody, kPipedBody + 1, 65000, 65536,
                                    65537, 70000, 5000000, 3};
    std::thread thread([&] {
      for (size_t i = 0; i < sizes.size(); ++i) {
        send(sender, i, std::string(sizes[i], static_cast<char>('a' + i)));
      }
    });
    for (size_t i = 0; i < sizes.size(); ++i) {
      const Frame frame = receiver.receive(Deadline::in(20));
      CHECK(frame.header.task == i);
      CHECK(decode_head(frame.head) == Json::array({"x"}));
      CHECK(frame.body == std::string(sizes[i], static_cast<char>('a' + i)));
      const OwnedBody kept = receiver.keep_body(frame);
      CHECK(kept.view == std::string(sizes[i], static_cast<char>('a' + i)));
    }
    thread.join();
  }
}

TEST_CASE("a head that is larger than a pipe") {
  auto [left, right] = lane_pair(true);
  Channel sender = channel_of(std::move(left), this_process());
  Channel receiver = channel_of(std::move(right), this_process());
  const std::string large(1000000, 'h');
  std::thread thread([&] {
    for (const size_t size : {size_t{10}, size_t{100000}}) {
      const std::string body(size, 'b');
      const iovec part{const_cast<char*>(body.data()), body.size()};
      sender.send(header(FrameKind::Output, size), encode_head(Json::array({large})), &part, 1,
                  Deadline::in(20));
    }
  });
  for (const size_t size : {size_t{10}, size_t{100000}}) {
    const Frame frame = receiver.receive(Deadline::in(20));
    CHECK(frame.header.task == size);
    CHECK(decode_head(frame.head) == Json::array({large}));
    CHECK(frame.body == std::string(size, 'b'));
  }
  thread.join();
}

TEST_CASE("a wait ends at its deadline") {
  for (const bool piped : {false, true}) {
    auto [left, right] = lane_pair(piped);
    Channel channel = channel_of(std::move(left), this_process());
    CHECK_THROWS_AS(channel.receive(Deadline::in(0.01)), DeadlinePassed);
  }
}

TEST_CASE("who waits is woken by the end of the channel") {
  auto [left, right] = socket_pair();
  Channel channel(std::move(left), this_process());
  std::thread thread([&] { CHECK_THROWS_AS(channel.receive(Deadline::in(20)), ChannelClosed); });
  channel.shut();
  thread.join();
}

TEST_CASE("rubbish is a protocol error") {
  for (const bool piped : {false, true}) {
    auto [left, right] = lane_pair(piped);
    Channel channel = channel_of(std::move(left), this_process());
    const int into = piped ? right.pipes.out.get() : right.socket.get();
    REQUIRE(write(into, "GET / HTTP/1.1\r\n\r\n......", 24) == 24);
    CHECK_THROWS_AS(channel.receive(Deadline::in(5)), ProtocolError);
  }
}

namespace {

/// A child that has the other end of the lane.
std::shared_ptr<WorkerProcess> start_at(LaneEnd& end, const std::function<int(int)>& body) {
  Child child = start_child(
      [&](int /*socket*/) { return body(end.pipes ? end.pipes.in.get() : end.socket.get()); });
  end = {};
  return child.process;
}

bool left_unread(Channel& channel) {
  try {
    send(channel, 1, "task");
    channel.receive(Deadline::in(5));
  } catch (const ChannelClosed& closed) {
    return closed.unread();
  }
  return false;
}

int read_some(int from) {
  char data[1024];
  pollfd entry{from, POLLIN, 0};
  return poll(&entry, 1, 5000) > 0 && read(from, data, sizeof data) > 0 ? 3 : 4;
}

}  // namespace

TEST_CASE("a child that leaves without reading is told from one that has read") {
  for (const bool piped : {false, true}) {
    auto [left, right] = lane_pair(piped);
    Channel first = channel_of(std::move(left), start_at(right, [](int) { return 0; }));
    CHECK(left_unread(first));

    auto [other_left, other_right] = lane_pair(piped);
    const auto reader = start_at(other_right, read_some);
    Channel second = channel_of(std::move(other_left), reader);
    CHECK_FALSE(left_unread(second));
    CHECK(reader->exit_status().code == 3);
  }
}

TEST_CASE("a grandchild that holds the other end does not hide the death of the worker") {
  for (const bool piped : {false, true}) {
    auto [left, right] = lane_pair(piped);
    const auto process = start_at(right, [](int from) {
      if (read_some(from) != 3) {
        return 1;
      }
      if (fork() == 0) {
        sleep(30);
        _exit(0);
      }
      return 5;
    });
    Channel channel = channel_of(std::move(left), process);
    send(channel, 1, "task");
    CHECK_THROWS_AS(channel.receive(Deadline::in(10)), ChannelClosed);
    CHECK(process->exit_status().code == 5);
    kill(-process->pid(), SIGKILL);
  }
}

TEST_CASE("writing to a worker that has gone raises no signal") {
  auto [left, right] = lane_pair(true);
  const auto process = start_at(right, [](int) { return 0; });
  Channel channel = channel_of(std::move(left), process);
  REQUIRE(process->exited(Deadline::in(5)));
  CHECK_THROWS_AS(
      [&] {
        for (int i = 0; i < 100; ++i) {
          send(channel, 1, std::string(kPipedBody, 'x'));
        }
      }(),
      ChannelClosed);
}
