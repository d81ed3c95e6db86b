// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the type rules cannot wrap, called by the generated code and by the module.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include "bindings/rest_output.h"
#include "bindings/sdk_object.h"
#include "callbacks/jobs.h"
#include "dispatch/codecs.h"

namespace orthanc_runtime {

void bind_rest_output(py::class_<RestOutput>& bound);
void bind_image_answers(py::class_<RestOutput>& bound);
void bind_dicom_instance(py::class_<SdkObject<OrthancPluginDicomInstance>>& bound);
void bind_dicomweb_instance(py::class_<SdkObject<OrthancPluginDicomInstance>>& bound);
void bind_image(py::class_<SdkObject<OrthancPluginImage>>& bound);
void bind_find_query(py::class_<SdkObject<OrthancPluginFindQuery>>& bound);
void bind_storage_area(py::class_<SdkObject<OrthancPluginStorageArea>>& bound);
void bind_job(py::class_<Job>& bound);

void bind_chunked_http_client(py::module_& module);
void bind_dicomweb(py::module_& module);
void bind_dictionary(py::module_& module);
void bind_images(py::module_& module);
void bind_resources(py::module_& module);

}  // namespace orthanc_runtime
