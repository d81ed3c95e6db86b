// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A task to be run by a worker, and how it ended.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dispatch/channel.h"
#include "dispatch/host.h"
#include "dispatch/lent_objects.h"

namespace orthanc_runtime {

/// Unique in this process.
uint64_t new_task_id();

/// "task 7", or "task 7, request abc" where the client has named the request: for log and answers.
std::string task_name(uint64_t id, const std::string& request_id);

struct Task {
  uint64_t id = new_task_id();
  std::string request_id;     // that the client gave
  std::string label;          // for people: "GET /computation", or a function's address
  std::string handler;        // the address of what runs
  std::vector<uint8_t> head;  // of the TASK frame
  std::vector<iovec> body;
  double timeout = 0;  // seconds from the moment a worker takes the task; 0 is none
  bool may_queue = true;
  bool background = false;   // holds no thread of Orthanc: waits as long as it takes, not admitted
  bool idempotent = false;   // may be run again where its worker died
  bool cancellable = false;  // a coroutine, which is cancelled at the deadline
  size_t concurrency = 1;    // of its handler, as many may share a worker
  OutputSink* sink = nullptr;
  std::unique_ptr<LentObjects> lent;  // what its arguments hold, if anything
};

enum class Ending {
  Done,
  HandlerFailed,
  WorkerDied,
  Saturated,
  Stopping,
  Broken,
  DeadlinePassed,
  TooDeep,
  TooLarge,
  Quarantined,
};

/// An output call that is still to be applied.
struct PendingOutput {
  Json head;
  OwnedBody body;
};

struct Outcome {
  Ending ending = Ending::Done;
  uint64_t task = 0;
  std::string request_id;  // as that of the task
  std::string message;     // what went wrong, for log and answer
  int worker = 0;          // pid of the one that had the task, if any
  bool crashed = false;    // the handler itself took the worker along
  Json error;              // the head of FAILED
  OwnedBody body;          // of DONE or FAILED
  std::optional<PendingOutput> pending;
};

inline Outcome failed(Ending ending, std::string message, uint64_t task = 0) {
  Outcome outcome;
  outcome.ending = ending;
  outcome.message = std::move(message);
  outcome.task = task;
  return outcome;
}

}  // namespace orthanc_runtime
