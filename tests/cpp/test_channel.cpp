// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

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
  auto [left, right] = socket_pair();
  Channel sender(std::move(left), this_process());
  Channel receiver(std::move(right), this_process());
  const std::vector<size_t> sizes{0, 1, 100, 65000, 65536, 65537, 70000, 5000000, 3};
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

TEST_CASE("a wait ends at its deadline") {
  auto [left, right] = socket_pair();
  Channel channel(std::move(left), this_process());
  CHECK_THROWS_AS(channel.receive(Deadline::in(0.01)), DeadlinePassed);
}

TEST_CASE("rubbish is a protocol error") {
  auto [left, right] = socket_pair();
  Channel channel(std::move(left), this_process());
  REQUIRE(write(right.get(), "GET / HTTP/1.1\r\n\r\n......", 24) == 24);
  CHECK_THROWS_AS(channel.receive(Deadline::in(5)), ProtocolError);
}

TEST_CASE("a child that leaves without reading is told from one that has read") {
  Child unread = start_child([](int) { return 0; });
  Channel first(std::move(unread.socket), unread.process);
  REQUIRE(unread.process->exited(Deadline::in(5)));
  bool was_unread = false;
  try {
    send(first, 1, "task");
    first.receive(Deadline::in(5));
  } catch (const ChannelClosed& closed) {
    was_unread = closed.unread();
  }
  CHECK(was_unread);

  Child read_all = start_child([](int socket) {
    char data[1024];
    return read(socket, data, sizeof data) > 0 ? 3 : 4;
  });
  Channel second(std::move(read_all.socket), read_all.process);
  send(second, 1, "task");
  bool was_read = false;
  try {
    second.receive(Deadline::in(5));
  } catch (const ChannelClosed& closed) {
    was_read = !closed.unread();
  }
  CHECK(was_read);
  CHECK(read_all.process->exit_status().code == 3);
  unread.process->exit_status();
}

TEST_CASE("a grandchild that holds the socket does not hide the death of the worker") {
  Child child = start_child([](int socket) {
    char data[1024];
    if (read(socket, data, sizeof data) <= 0) {
      return 1;
    }
    if (fork() == 0) {
      sleep(30);
      _exit(0);
    }
    return 5;
  });
  Channel channel(std::move(child.socket), child.process);
  send(channel, 1, "task");
  CHECK_THROWS_AS(channel.receive(Deadline::in(10)), ChannelClosed);
  CHECK(child.process->exit_status().code == 5);
  kill(-child.process->pid(), SIGKILL);
}
