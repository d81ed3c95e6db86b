// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Tasks in a worker: from the TASK frame to the call of the handler and its end.
#pragma once

#include "bindings/plain_pickle.h"
#include "worker/task_lane.h"

namespace orthanc_runtime {

/// What the Python side of a worker does for a task, each a callable unless said.
struct TaskSteps {
  pybind11::object find;           // (address): the handler
  pybind11::object output_type;    // of make_output_type(), or derived
  pybind11::object returned;       // (value) of a handler, where that may be a coroutine: runs it
  pybind11::object raised;         // (exception) of a handler: sends FAILED
  pybind11::object decode_call;    // (body) of a function call: arguments and keywords
  pybind11::object encode_result;  // (value, address): a list, the parts of a body
  pybind11::object call_raised;    // (exception) of a function: sends FAILED
  pybind11::object current;        // ContextVar of number and head of the task
};

class TaskRunner {
 public:
  TaskRunner(pybind11::object lane, TaskSteps steps);

  /// Runs a task, nested in the one that runs, if any. Nothing that a handler raises comes out.
  void run(const ReceivedFrame& frame);

  /// Runs tasks for ever, and `lost_streams()` once one of `streams`, standard output and errors,
  /// is closed. The wait for the next task has no deadline: the end of the lane ends it.
  void serve(const pybind11::object& lost_streams, const pybind11::tuple& streams);

 private:
  void run_request(PyObject* head, PyObject* body);
  pybind11::object call(PyObject* head, PyObject* body);
  void run_function(PyObject* head, PyObject* body);
  pybind11::object call_function(PyObject* address, PyObject* body);
  PyObject* find(PyObject* address);

  const pybind11::object kept_lane_;
  TaskLane& lane_;
  const TaskSteps python_;
  const pybind11::dict found_;
  const pybind11::tuple nothing_;
  const PlainPickle pickle_;
};

/// Standard output and errors are open as descriptors 1 and 2, and as these files of Python.
bool are_open(const pybind11::tuple& streams);

}  // namespace orthanc_runtime
