// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RegisterRestCallback and its kind, which live with the callbacks they register.
#pragma once

#include <pybind11/pybind11.h>

namespace orthanc_runtime {

void bind_registrations(pybind11::module_& module);

}  // namespace orthanc_runtime
