// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a call with the wrong number or types of arguments raises.
#pragma once

#include <pybind11/pybind11.h>

namespace orthanc_runtime {

/// Has every function and method say what it expects. pybind11's own TypeError shows the arguments
/// instead, and those are large and carry patient data. After all bindings have been added.
void refuse_wrong_calls(pybind11::module_& module);

}  // namespace orthanc_runtime
