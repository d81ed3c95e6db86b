// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Standard output and error of the workers, line by line into the host's log, without the GIL.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dispatch/descriptor.h"
#include "dispatch/host.h"
#include "dispatch/process.h"

namespace orthanc_runtime {

/// One thread for all workers. It always reads, so that a worker never stands still; what goes
/// beyond the rate of a stream is counted and said, not logged.
class LogPump {
 public:
  explicit LogPump(Host& host);
  ~LogPump();
  LogPump(const LogPump&) = delete;
  LogPump& operator=(const LogPump&) = delete;

  /// Takes over the read end of a pipe; it is closed at its end.
  void add(std::shared_ptr<WorkerProcess> process, Descriptor pipe);

  /// Waits until all output of a dead process is pumped, or until the deadline: a child of its own
  /// may hold the pipe.
  void drain(const WorkerProcess& process, const Deadline& deadline);

 private:
  struct Stream {
    std::shared_ptr<WorkerProcess> process;
    Descriptor pipe;
    std::string partial;
    double allowance = 0;
    Deadline::Clock::time_point refilled;
    size_t dropped = 0;
    Deadline::Clock::time_point dropping_since;
  };

  void run();
  std::vector<Stream*> streams() const;
  bool pump(Stream& stream);
  void take(Stream& stream, const char* data, size_t size);
  void line(Stream& stream, const std::string& text);
  void say_dropped(Stream& stream);

  Host& host_;
  Descriptor poll_;
  Descriptor wake_;
  mutable std::mutex mutex_;
  std::condition_variable stream_ended_;
  std::map<int, std::unique_ptr<Stream>> streams_;
  std::thread thread_;
};

}  // namespace orthanc_runtime
