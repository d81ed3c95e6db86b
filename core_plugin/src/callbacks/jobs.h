// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs of the script in Orthanc's engine.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <string>

namespace orthanc_runtime {

/// The class orthanc.Job: a job that Orthanc's engine does not own yet. All of it with the GIL.
class Job {
 public:
  /// `job` is what the script wrote, see orthanc_runtime.jobs. Raises TypeError where it is none.
  static std::unique_ptr<Job> create(const std::string& type, const pybind11::object& job);

  explicit Job(OrthancPluginJob* handle) : handle_(handle) {}
  ~Job();
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  /// The identifier that the engine gave it. Raises OrthancException, and is as before then.
  std::string submit(int priority);

  /// For the core, which frees it. Raises OrthancException where the engine has it already.
  OrthancPluginJob* give_away();

 private:
  OrthancPluginJob* handle_;
};

}  // namespace orthanc_runtime
