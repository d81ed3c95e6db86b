// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A child process at the other end of a lane, for tests of the dispatcher.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

#include "dispatch/channel.h"
#include "dispatch/descriptor.h"
#include "dispatch/lane_pipes.h"
#include "dispatch/process.h"

namespace orthanc_runtime {

struct Child {
  std::shared_ptr<WorkerProcess> process;
  Descriptor socket;
};

inline std::pair<Descriptor, Descriptor> socket_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::runtime_error("socketpair");
  }
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

struct LaneEnd {
  Descriptor socket;
  LanePipes pipes;
};

/// Both ends of a lane, with or without pipes.
inline std::pair<LaneEnd, LaneEnd> lane_pair(bool piped) {
  auto [left, right] = socket_pair();
  std::pair<LaneEnd, LaneEnd> lane;
  lane.first.socket = std::move(left);
  lane.second.socket = std::move(right);
  if (piped) {
    int there[2];
    int back[2];
    if (pipe2(there, O_CLOEXEC | O_NONBLOCK) != 0 || pipe2(back, O_CLOEXEC | O_NONBLOCK) != 0) {
      throw std::runtime_error("pipe2");
    }
    lane.first.pipes = {Descriptor(there[1]), Descriptor(back[0]), Descriptor(dup(there[0]))};
    lane.second.pipes = {Descriptor(back[1]), Descriptor(there[0]), Descriptor(dup(back[0]))};
  }
  return lane;
}

inline Channel channel_of(LaneEnd end, const std::shared_ptr<WorkerProcess>& process) {
  return {std::move(end.socket), process, std::move(end.pipes)};
}

/// Forks; the child runs `body` with its end of the socket and exits with its result.
inline Child start_child(const std::function<int(int)>& body) {
  auto [ours, theirs] = socket_pair();
  const pid_t pid = fork();
  if (pid < 0) {
    throw std::runtime_error("fork");
  }
  if (pid == 0) {
    setpgid(0, 0);
    ours.close();
    _exit(body(theirs.get()));
  }
  setpgid(pid, pid);
  Descriptor pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  return {std::make_shared<WorkerProcess>(0, pid, std::move(pidfd), Descriptor()), std::move(ours)};
}

/// The process itself, for channels whose other end is in this process.
inline std::shared_ptr<WorkerProcess> this_process() {
  Descriptor pidfd(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0)));
  return std::make_shared<WorkerProcess>(0, getpid(), std::move(pidfd), Descriptor());
}

}  // namespace orthanc_runtime
