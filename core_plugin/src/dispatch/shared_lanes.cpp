// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/shared_lanes.h"

#include <algorithm>

#include "dispatch/lane_queue.h"

namespace orthanc_runtime {

bool SharedLanes::fits(const Sharing& sharing) const {
  const auto same = [&](const auto& task) { return task.second == sharing.handler; };
  const auto running = std::count_if(running_.begin(), running_.end(), same);
  return !free_.empty() && static_cast<size_t>(running) < sharing.limit;
}

std::shared_ptr<Lane> SharedLanes::take(const std::string& handler) {
  std::shared_ptr<Lane> lane = std::move(free_.back());
  free_.pop_back();
  running_.emplace_back(lane.get(), handler);
  return lane;
}

void SharedLanes::give(const std::shared_ptr<Lane>& lane) {
  const auto of_lane = [&](const auto& task) { return task.first == lane.get(); };
  running_.erase(std::remove_if(running_.begin(), running_.end(), of_lane), running_.end());
  if (!retired_) {
    free_.push_back(lane);
  }
}

bool SharedLanes::lose(const std::shared_ptr<Lane>& lane) {
  const auto same = [&](const auto& task) { return task.second == running_.front().second; };
  const bool to_blame = !lost_ && std::all_of(running_.begin(), running_.end(), same);
  lost_ = true;
  retire();
  give(lane);
  return to_blame;
}

void SharedLanes::retire() {
  retired_ = true;
  free_.clear();
}

}  // namespace orthanc_runtime
