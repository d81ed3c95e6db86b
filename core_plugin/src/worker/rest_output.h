// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The base of the RestOutput of a worker: what nearly each request calls.
#pragma once

#include <pybind11/pybind11.h>

namespace orthanc_runtime {

class TaskLane;

/// A new type, a plain one of the C API: one is made for each request. It is called with a
/// TaskLane, has that as `_lane`, and AnswerBuffer(); a derived one has `_has_returned(name)`,
/// which raises.
pybind11::object make_output_type();

/// An object of that type, or of a derived one. `native` is the same as `lane`.
pybind11::object new_output(PyTypeObject* type, PyObject* lane, TaskLane& native);

}  // namespace orthanc_runtime
