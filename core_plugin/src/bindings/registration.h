// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RegisterRestCallback and its kind, which live with the callbacks they register.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

namespace orthanc_runtime {

void bind_received_instance(pybind11::module_& module);
void bind_registrations(pybind11::module_& module);
void bind_storage_area(pybind11::module_& module);
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 8)
void bind_storage_area_with_custom_data(pybind11::module_& module);
#endif

}  // namespace orthanc_runtime
