// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Objects of the SDK that the arguments of a call hold: a worker uses them while its task runs, in
// the thread of that task, whose calls are served by the thread that waits for it and keeps them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace orthanc_runtime {

struct LentObject {
  const void* type;  // compared by address, see Handles
  void* object;
  std::shared_ptr<void> use;  // keeps it
};

/// Of one task, by their numbers in its frames: `1 << 63 | task << 8 | index`. Numbers of Handles,
/// counted from 1, are never that high.
class LentObjects {
 public:
  static constexpr size_t kMaximum = 256;

  enum class Problem { None, OfAnotherTask, WrongType, NeverLent };
  struct Found {
    void* object = nullptr;
    Problem problem = Problem::None;
  };

  void add(LentObject object) { objects_.push_back(std::move(object)); }

  static bool is_number(uint64_t number) { return number >> 63 != 0; }
  Found find(uint64_t task, const void* type, uint64_t number) const;

 private:
  std::vector<LentObject> objects_;
};

}  // namespace orthanc_runtime
