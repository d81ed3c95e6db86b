// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a pool and its workers do at this moment, for operators. Nothing here needs the GIL.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dispatch/pool.h"

namespace orthanc_runtime {

enum class WorkerState { Starting, Idle, Busy, Draining, Killing, Exited };
inline constexpr std::array kWorkerStates{WorkerState::Starting, WorkerState::Idle,
                                          WorkerState::Busy,     WorkerState::Draining,
                                          WorkerState::Killing,  WorkerState::Exited};

const char* worker_state_name(WorkerState state);

struct WorkerStatus {
  int index = 0;
  pid_t pid = 0;
  WorkerState state = WorkerState::Starting;
  double age = 0;  // seconds
  uint64_t served = 0;
  size_t objects = 0;   // of the SDK, that it holds
  uint64_t memory = 0;  // resident, in bytes; 0 where the process has gone
  std::vector<RunningTask> running;
};

std::vector<WorkerStatus> worker_statuses(const Pool& pool);

/// The pool as GET /python-runtime/status shows it. `describe`: may it say why tasks failed?
nlohmann::ordered_json pool_status(const Pool& pool, bool describe);

}  // namespace orthanc_runtime
