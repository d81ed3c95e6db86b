// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Objects of the SDK that a worker holds by number: images, DICOM instances, peers.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

namespace orthanc_runtime {

struct HeldObject {
  explicit HeldObject(std::shared_ptr<void> held) : object(std::move(held)) {}
  const std::shared_ptr<void> object;
  /// The core's classes are not made for two threads at once, and a worker has two ways to call.
  std::recursive_timed_mutex in_use;
};

/// Those of one worker. An object lives until the worker frees it or its task ends; one of task 0,
/// made where no task ran, until the worker ends.
class Handles {
 public:
  static constexpr size_t kMaximum = 1000;

  enum class Problem { None, Stale, OfAnotherTask, WrongType, NeverIssued };
  struct Found {
    std::shared_ptr<HeldObject> held;
    Problem problem = Problem::None;
  };

  Handles() = default;
  ~Handles() = default;
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;

  /// The number of the object, or 0 where the worker holds too many. `type` is compared by address.
  uint64_t add(uint64_t task, const void* type, std::shared_ptr<void> object);

  /// Task 0 reaches all of them: a thread of the handler is no stranger. So does each task those of
  /// task 0.
  Found find(uint64_t task, const void* type, uint64_t handle) const;

  /// False for a number that was never given out. One that is gone already is no error.
  bool free(uint64_t handle);
  void free_of_task(uint64_t task);
  void free_all();

  size_t count() const { return count_; }

 private:
  struct Entry {
    uint64_t task;
    const void* type;
    std::shared_ptr<HeldObject> held;
  };

  mutable std::mutex mutex_;
  std::map<uint64_t, Entry> entries_;
  std::atomic<size_t> count_{0};
  uint64_t last_ = 0;
};

}  // namespace orthanc_runtime
