// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RegisterRestCallback and its kind, which live with the callbacks they register.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

namespace orthanc_runtime {

void bind_audit_log(pybind11::module_& module);
void bind_chunked_routes(pybind11::module_& module);
void bind_find_scp(pybind11::module_& module);
void bind_http_authentication(pybind11::module_& module);
void bind_http_filter(pybind11::module_& module);
void bind_image_decoders(pybind11::module_& module);
void bind_instance_filters(pybind11::module_& module);
void bind_jobs(pybind11::module_& module);
void bind_jobs_unserializer(pybind11::module_& module);
void bind_move_scp(pybind11::module_& module);
void bind_received_instance(pybind11::module_& module);
void bind_refresh_metrics(pybind11::module_& module);
void bind_registrations(pybind11::module_& module);
void bind_storage_area(pybind11::module_& module);
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 8)
void bind_storage_area_with_custom_data(pybind11::module_& module);
#endif
void bind_storage_commitment(pybind11::module_& module);
void bind_transcoders(pybind11::module_& module);
void bind_webdav(pybind11::module_& module);
void bind_worklist_scp(pybind11::module_& module);

}  // namespace orthanc_runtime
