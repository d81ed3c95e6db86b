// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/handles.h"

#include <vector>

namespace orthanc_runtime {

uint64_t Handles::add(uint64_t task, const void* type, std::shared_ptr<void> object) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMaximum) {
    return 0;
  }
  entries_.emplace(++last_, Entry{task, type, std::make_shared<HeldObject>(std::move(object))});
  count_ = entries_.size();
  return last_;
}

Handles::Found Handles::find(uint64_t task, const void* type, uint64_t handle) const {
  const std::lock_guard lock(mutex_);
  if (handle == 0 || handle > last_) {
    return {nullptr, Problem::NeverIssued};
  }
  const auto found = entries_.find(handle);
  if (found == entries_.end()) {
    return {nullptr, Problem::Stale};
  }
  const Entry& entry = found->second;
  if (entry.type != type) {
    return {nullptr, Problem::WrongType};
  }
  if (task != 0 && entry.task != 0 && entry.task != task) {
    return {nullptr, Problem::OfAnotherTask};
  }
  return {entry.held, Problem::None};
}

bool Handles::free(uint64_t handle) {
  Entry freed{};  // the core frees it after the lock
  const std::lock_guard lock(mutex_);
  if (handle == 0 || handle > last_) {
    return false;
  }
  const auto found = entries_.find(handle);
  if (found != entries_.end()) {
    freed = std::move(found->second);
    entries_.erase(found);
    count_ = entries_.size();
  }
  return true;
}

void Handles::free_of_task(uint64_t task) {
  if (count_ == 0) {
    return;
  }
  std::vector<Entry> freed;
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.task == task) {
      freed.push_back(std::move(entry->second));
      entry = entries_.erase(entry);
    } else {
      ++entry;
    }
  }
  count_ = entries_.size();
}

void Handles::free_all() {
  std::map<uint64_t, Entry> freed;
  const std::lock_guard lock(mutex_);
  freed.swap(entries_);
  count_ = 0;
}

}  // namespace orthanc_runtime
