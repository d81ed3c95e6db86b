// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the calls of a worker's output take, with the errors of the bindings in the master.
#pragma once

#include <pybind11/pybind11.h>

namespace orthanc_runtime {

/// Text as UTF-8, anything that exposes its memory as it is. Throws type_error, which says how many
/// arguments the call has, error_already_set.
pybind11::object as_data(PyObject* value, int expected);

/// Throws type_error where this is no text, value_error where the SDK, in C, would cut it.
void check_text(PyObject* text, int expected);

/// The same, and value_error for line breaks: what comes after one would be another header.
void check_header_text(PyObject* text, int expected);

}  // namespace orthanc_runtime
