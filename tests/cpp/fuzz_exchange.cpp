// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile worker may send on its lane, by a socket or pipes, or on its service socket, as a
// target for libFuzzer.
// The first byte says where to; after it come bytes as they are, or pieces that become frames.
#include <orthanc/OrthancCPlugin.h>
#include <sys/wait.h>

#include <cstdlib>

#include "child.h"
#include "dispatch/answer.h"
#include "dispatch/calls.h"
#include "dispatch/exchange.h"
#include "dispatch/pools.h"
#include "dispatch/service.h"
#include "sdk.h"

using namespace orthanc_runtime;

namespace {

constexpr uint8_t kRaw = 1, kService = 2, kFunction = 4, kPiped = 8;

/// A core that can do nothing: what arrives there has passed all checks of arguments.
OrthancPluginErrorCode refuse(OrthancPluginContext* /*context*/, _OrthancPluginService /*service*/,
                              const void* /*parameters*/) {
  return OrthancPluginErrorCode_InternalError;
}

OrthancPluginContext& core() {
  static OrthancPluginContext context{nullptr, "1.10.1", free, refuse};
  return context;
}

/// A process that has ended and is not reaped: its number stays, so that killing it hits nobody.
std::shared_ptr<WorkerProcess> dead_worker() {
  static const pid_t pid = [] {
    const pid_t child = fork();
    if (child == 0) {
      setpgid(0, 0);
      _exit(3);
    }
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
    return child;
  }();
  int status[2];
  if (pipe(status) != 0) {
    abort();
  }
  const int64_t returncode = 3;
  if (write(status[1], &returncode, sizeof returncode) != sizeof returncode) {
    abort();
  }
  close(status[1]);
  Descriptor pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  auto process = std::make_shared<WorkerProcess>(0, pid, std::move(pidfd), Descriptor(status[0]));
  // Object 1 is an image, which the core above never looks at.
  process->handles.add(1, &calls::kTypeOf<OrthancPluginImage>, std::make_shared<int>());
  return process;
}

/// The pools that a CALL may name: "default", whose lane the frames come from, "gpu", in which no
/// worker is idle, and "broken".
const std::shared_ptr<const Pools>& pools() {
  static const auto all = [] {
    const auto host = std::make_shared<SdkHost>(std::make_shared<HttpThreads>(), pools);
    std::vector<std::shared_ptr<Pool>> made;
    for (const char* const name : {kDefaultPool, "gpu", "broken"}) {
      PoolLimits limits;
      limits.name = name;
      limits.queue_timeout = 0;
      made.push_back(std::make_shared<Pool>(host, limits));
    }
    made.back()->set_broken("no worker can be started");
    return std::make_shared<const Pools>(std::move(made));
  }();
  return all;
}

/// Pieces: kind, depth, length of the head, of the body (16 bits each), both. On a lane those of
/// depth 0 are of task 1, those of depth n of the n-th task after `last`.
std::string frames_of(std::string_view pieces, bool service, uint64_t last) {
  std::string sent;
  while (pieces.size() >= 6) {
    const auto byte = [&](size_t at) { return static_cast<uint8_t>(pieces[at]); };
    FrameHeader header;
    header.kind = static_cast<FrameKind>(byte(0));
    header.depth = byte(1);
    header.task = service ? 0 : header.depth == 0 ? 1 : last + header.depth;
    const std::string_view rest = pieces.substr(6);
    const size_t head = std::min<size_t>(byte(2) | byte(3) << 8, rest.size());
    const size_t body = std::min<size_t>(byte(4) | byte(5) << 8, rest.size() - head);
    header.head_size = static_cast<uint32_t>(head);
    header.body_size = static_cast<uint32_t>(body);
    const FrameHeaderBytes fixed = encode_header(header);
    sent.append(fixed.data(), fixed.size()).append(rest.substr(0, head + body));
    pieces = rest.substr(head + body);
  }
  return sent;
}

void serve_lane(Host& host, LaneEnd end, Task task, bool function) {
  const auto lane =
      std::make_shared<Lane>(std::move(end.socket), dead_worker(), std::move(end.pipes));
  const std::string handler = "rest:fuzz:/fuzz#0";
  Answer answer(reinterpret_cast<OrthancPluginRestOutput*>(&host), "GET", "/fuzz", true, "fuzz",
                handler);
  task.label = "fuzz";
  task.head = encode_head(Json::array({0}));
  task.timeout = 5;
  task.sink = function ? nullptr : &answer;
  Exchange exchange(host, lane, 0, Deadline::in(task.timeout), pools()->find(kDefaultPool));
  std::optional<Outcome> outcome = exchange.run(task, 1);
  if (outcome && task.sink != nullptr) {
    if (outcome->pending) {
      answer.apply(outcome->pending->head, outcome->pending->body.view);
    }
    answer.finish(*outcome);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 100000) {
    return 0;
  }
  set_sdk(&core());
  const uint8_t mode = data[0];
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  Task task;
  std::string sent =
      (mode & kRaw) != 0 ? std::string(rest) : frames_of(rest, (mode & kService) != 0, task.id);
  if (sent.size() >= kFrameHeaderSize) {
    sent[10] = sent[11] = 0;  // gigabytes that never come take only address space, but time here
  }
  const bool service = (mode & kService) != 0;
  auto [ours, theirs] = lane_pair(!service && (mode & kPiped) != 0);
  const int room = 1 << 20;
  setsockopt(theirs.socket.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  if (theirs.pipes) {
    // Large bodies come by the socket still: they are the next bytes of the same.
    fcntl(theirs.pipes.out.get(), F_SETPIPE_SZ, room);
    static_cast<void>(write(theirs.pipes.out.get(), sent.data(), sent.size()) > 0);
    theirs.pipes = {};
  }
  send(theirs.socket.get(), sent.data(), sent.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  shutdown(theirs.socket.get(), SHUT_WR);
  SdkHost host(std::make_shared<HttpThreads>(), pools);
  if (service) {
    const auto process = dead_worker();
    Channel channel(std::move(ours.socket), process);
    serve_service_socket(host, channel, *process, true);
  } else {
    serve_lane(host, std::move(ours), std::move(task), (mode & kFunction) != 0);
  }
  return 0;
}
