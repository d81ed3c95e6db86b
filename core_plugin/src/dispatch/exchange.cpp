// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/exchange.h"

#include <csignal>
#include <new>
#include <sstream>
#include <utility>

#include "dispatch/pool.h"

namespace orthanc_runtime {

namespace {

/// The objects that a handler made in Orthanc end with its task.
class ObjectsOfTask {
 public:
  ObjectsOfTask(Handles& handles, uint64_t task) : handles_(handles), task_(task) {}
  ~ObjectsOfTask() { handles_.free_of_task(task_); }
  ObjectsOfTask(const ObjectsOfTask&) = delete;
  ObjectsOfTask& operator=(const ObjectsOfTask&) = delete;

 private:
  Handles& handles_;
  const uint64_t task_;
};

// After EOF a worker that lives on has given its lane away: it is of no use.
constexpr double kExitAfterEof = 2;

}  // namespace

std::string Exchange::passed_deadline(const Task& task) {
  std::ostringstream text;
  text << task.label << " passed its deadline of " << task.timeout << " s";
  return text.str();
}

std::optional<Outcome> Exchange::run(const Task& task, uint64_t id, bool started) {
  WorkerProcess& process = *lane_->process;
  const auto what = [&] { return task.label + " (" + task_name(id, task.request_id) + ")"; };
  const WorkerActivity::Entry running(process.activity, id, task.label);
  const ObjectsOfTask objects(process.handles, id);
  std::optional<Outcome> outcome;
  try {
    outcome = converse(task, id, started);
  } catch (const ChannelClosed& closed) {
    good_ = false;
    // What a worker has not read may be CANCEL.
    if (closed.unread() && !heard_ && !cancelled_) {
      // Whoever killed it has the word; only a worker that lives on without its lane is ours to
      // end.
      if (!process.exited(Deadline::in(kExitAfterEof))) {
        process.kill("its lane broke");
      }
      return std::nullopt;
    }
    if (!process.exited(Deadline::in(kExitAfterEof))) {
      process.kill("it closed its lane during " + what());
    }
    outcome = worker_died(task, "");
    if (cancelled_) {
      outcome->ending = Ending::DeadlinePassed;
      outcome->message = passed_deadline(task) + "; " + outcome->message;
    }
  } catch (const DeadlinePassed&) {
    good_ = false;
    process.dump_stacks();
    process.kill_overdue(what() + " passed its deadline");
    outcome = failed(Ending::DeadlinePassed,
                     passed_deadline(task) + "; " + process.name() + " was killed");
  } catch (const ProtocolError& error) {
    good_ = false;
    process.kill(std::string("bad frame: ") + error.what());
    outcome = worker_died(task, std::string(" after a bad frame: ") + error.what());
  } catch (const std::bad_alloc&) {
    good_ = false;
    process.kill("no memory for what it sent");
    outcome = worker_died(task, " as Orthanc has no memory for its answer");
  } catch (const std::length_error& error) {
    // Thrown before the first byte: the lane is as good as before.
    outcome = failed(Ending::TooLarge, error.what());
  } catch (const std::exception& error) {
    good_ = false;
    process.kill(std::string("its lane failed: ") + error.what());
    outcome = worker_died(task, std::string(" as its lane failed: ") + error.what());
  }
  outcome->task = id;
  outcome->worker = process.pid();
  return outcome;
}

Outcome Exchange::worker_died(const Task& task, const std::string& how) {
  WorkerProcess& process = *lane_->process;
  std::string message =
      process.name() + " " + process.exit_status().text() + how + " while it ran " + task.label;
  const std::string reason = process.kill_reason();
  if (!reason.empty() && how.empty()) {
    message += " (killed because " + reason + ")";
  }
  Outcome outcome = failed(Ending::WorkerDied, message);
  // A SIGKILL that is not ours came from outside, or for want of memory; and whoever ran within
  // this task was nearer to the crash.
  const bool from_outside = process.exit_status().signal == SIGKILL && reason.empty();
  outcome.crashed = !from_outside && !process.overdue() && !nested_crashed_;
  return outcome;
}

}  // namespace orthanc_runtime
