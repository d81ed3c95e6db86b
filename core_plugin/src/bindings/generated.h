// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The two entry points of the generated bindings.
#pragma once

#include <pybind11/pybind11.h>

namespace orthanc_runtime {

void bind_classes(pybind11::module_& module);
void bind_functions(pybind11::module_& module);

}  // namespace orthanc_runtime
