// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/lent_objects.h"

namespace orthanc_runtime {

namespace {

constexpr uint64_t kIndexBits = 8;
constexpr uint64_t kTaskMask = (uint64_t{1} << 55) - 1;

}  // namespace

LentObjects::Found LentObjects::find(uint64_t task, const void* type, uint64_t number) const {
  if (((number >> kIndexBits) & kTaskMask) != (task & kTaskMask)) {
    return {nullptr, Problem::OfAnotherTask};
  }
  const uint64_t index = number & (kMaximum - 1);
  if (index >= objects_.size()) {
    return {nullptr, Problem::NeverLent};
  }
  const LentObject& found = objects_[index];
  return found.type == type ? Found{found.object} : Found{nullptr, Problem::WrongType};
}

}  // namespace orthanc_runtime
