// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The HTTP threads of Orthanc: a worker may send it a request only as long as one is left to
// answer, or workers would wait for threads that wait for workers.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "dispatch/http_connections.h"

namespace orthanc_runtime {

class HttpThreads : public std::enable_shared_from_this<HttpThreads> {
 public:
  /// Left for everything else that Orthanc serves.
  static constexpr size_t kMargin = 2;

  /// HttpThreadsCount and HttpPort, 0 where there is no HTTP server.
  void set_limits(size_t count, uint16_t port);

  /// From now on no worker uses any: a callback that Orthanc waits for needs a worker.
  void leave_to_clients() { left_to_clients_ = true; }

  /// Callbacks of the master may call functions that need a worker, where both are there.
  void note_callback() { callbacks_ = true; }
  void note_functions() { functions_ = true; }

  /// False where a request of a worker could wait for this very worker.
  bool open_to_workers() const;

  /// Held by a thread in a route of ours, once where they are nested.
  class InRoute {
   public:
    explicit InRoute(HttpThreads& threads);
    ~InRoute();
    InRoute(const InRoute&) = delete;
    InRoute& operator=(const InRoute&) = delete;

   private:
    HttpThreads& threads_;
  };

  /// Held while the core calls us from where it may hold its own lock: there an HTTP request would
  /// wait for this very thread.
  class InCallback {
   public:
    InCallback();
    ~InCallback();
    InCallback(const InCallback&) = delete;
    InCallback& operator=(const InCallback&) = delete;
    static bool here();
  };

  /// A thread for one request of a worker, kept as long as the result. Null where less than half
  /// of the threads are without a connection: then clients may soon wait for one, and the worker
  /// must not keep a connection, either.
  std::shared_ptr<void> reserve();

 private:
  bool has_room();

  std::mutex mutex_;
  size_t count_ = 50;
  HttpConnections connections_;
  std::atomic<bool> left_to_clients_{false};
  std::atomic<bool> callbacks_{false};
  std::atomic<bool> functions_{false};
  std::atomic<size_t> in_routes_{0};
  std::atomic<size_t> held_{0};
};

}  // namespace orthanc_runtime
