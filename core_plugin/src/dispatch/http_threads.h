// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The HTTP threads of Orthanc: a worker may send it a request only as long as one is left to
// answer, or workers would wait for threads that wait for workers.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "dispatch/deadline.h"

namespace orthanc_runtime {

class HttpThreads : public std::enable_shared_from_this<HttpThreads> {
 public:
  /// Left for everything else that Orthanc serves.
  static constexpr size_t kMargin = 2;
  /// Orthanc closes an idle connection after a second; until then it has a thread of its own.
  static constexpr double kIdle = 1;

  /// HttpThreadsCount.
  void set_count(size_t count) { count_ = count; }

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

  /// A thread for one connection of this worker, kept as long as the result; null where none is
  /// left. For a moment after it the worker has a right to the same one.
  std::shared_ptr<void> reserve(const void* worker);

  size_t reserved() const;

 private:
  void give_back(const void* worker);
  void forget_closed();

  mutable std::mutex mutex_;
  std::atomic<size_t> count_{50};
  std::atomic<size_t> in_routes_{0};
  size_t held_ = 0;
  size_t idle_count_ = 0;
  std::map<const void*, std::vector<Deadline::Clock::time_point>> idle_;  // when they close
};

}  // namespace orthanc_runtime
