// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What Orthanc's engine calls of one job.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <string>

namespace orthanc_runtime {

/// Makes a job whose callbacks call `checked`, an orthanc_runtime.jobs.CheckedJob. With the GIL;
/// null where the core refuses it.
OrthancPluginJob* create_job(const std::string& type, pybind11::object checked);

}  // namespace orthanc_runtime
