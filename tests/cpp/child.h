// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A child process at the other end of a lane, for tests of the dispatcher.
#pragma once

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

#include "dispatch/descriptor.h"
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
