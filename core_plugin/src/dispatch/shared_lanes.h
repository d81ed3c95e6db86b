// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The lanes of one worker for coroutines that it serves at once.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orthanc_runtime {

struct Lane;

/// A task that may share its worker with others: at most `limit` of its handler.
struct Sharing {
  const std::string& handler;
  size_t limit;
};

/// Guarded by the LaneQueue that it belongs to. As long as one of its lanes has a task the worker's
/// main lane is kept here, so that a handler that blocks does not stop the loop of the others.
class SharedLanes {
 public:
  explicit SharedLanes(std::vector<std::shared_ptr<Lane>> lanes) : free_(std::move(lanes)) {}

  bool fits(const Sharing& sharing) const;
  std::shared_ptr<Lane> take(const std::string& handler);

  /// Its task has ended.
  void give(const std::shared_ptr<Lane>& lane);

  /// Its worker ended before its task did. True where no other handler can have caused that, once
  /// for each worker.
  bool lose(const std::shared_ptr<Lane>& lane);

  /// No further task; closes the lanes that have none.
  void retire();
  bool retired() const { return retired_; }

  bool idle() const { return running_.empty(); }
  size_t load() const { return running_.size(); }

  std::shared_ptr<Lane> main;

 private:
  std::vector<std::shared_ptr<Lane>> free_;
  std::vector<std::pair<const Lane*, std::string>> running_;  // with the handler
  bool retired_ = false;
  bool lost_ = false;
};

}  // namespace orthanc_runtime
