// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/jobs.h"

#include <utility>

#include "bindings/conversions.h"
#include "bindings/hand_written.h"
#include "bindings/registration.h"
#include "callbacks/job_callbacks.h"
#include "runtime.h"

namespace orthanc_runtime {

namespace {

std::string submit_job(Job& job, int priority) { return job.submit(priority); }

}  // namespace

std::unique_ptr<Job> Job::create(const std::string& type, const py::object& job) {
  const py::module_ checks = py::module_::import("orthanc_runtime.jobs");
  py::object checked = checks.attr("CheckedJob")(job, runtime().describe_errors());
  OrthancPluginJob* const handle = create_job(type, std::move(checked));
  if (handle == nullptr) {
    throw_sdk_error(OrthancPluginErrorCode_InternalError);
  }
  return std::make_unique<Job>(handle);
}

Job::~Job() {
  if (handle_ != nullptr) {
    // its end takes the GIL to let go of the script's object
    const GilRelease released;
    OrthancPluginFreeJob(sdk(), handle_);
  }
}

OrthancPluginJob* Job::give_away() {
  if (handle_ == nullptr) {
    throw_sdk_error(OrthancPluginErrorCode_BadSequenceOfCalls,
                    "This job was submitted, and belongs to Orthanc now");
  }
  return std::exchange(handle_, nullptr);
}

std::string Job::submit(int priority) {
  OrthancPluginJob* const job = give_away();
  char* identifier = nullptr;
  // the function of the header drops the error code
  const _OrthancPluginSubmitJob parameters{&identifier, job, priority};
  OrthancPluginErrorCode code = OrthancPluginErrorCode_Success;
  try {
    code = call_sdk(
        [&] { return sdk()->InvokeService(sdk(), _OrthancPluginService_SubmitJob, &parameters); });
  } catch (const py::error_already_set&) {
    handle_ = job;
    throw;
  }
  if (code != OrthancPluginErrorCode_Success) {
    handle_ = job;
    throw_sdk_error(code);
  }
  return take_string(identifier).cast<std::string>();
}

void bind_job(py::class_<Job>& bound) {
  bound.def("SubmitJob", &submit_job, py::arg("priority") = 0,
            "SubmitJob(self, priority: int = 0) -> str\n\nThe same as orthanc.SubmitJob().");
}

void bind_jobs(py::module_& module) {
  module.def(
      "CreateJob",
      [](const Text& type, const py::object& job) { return Job::create(type.c_str(), job); },
      "CreateJob(jobType: str, job: orthanc_runtime.jobs.Steps, /) -> Job\n\n"
      "Make a job of an object with a method Step(); orthanc_runtime.jobs says what it may have.");
  module.def("SubmitJob", &submit_job, py::arg("job"), py::arg("priority") = 0,
             "SubmitJob(job: Job, priority: int = 0) -> str\n\n"
             "Give a job to Orthanc's engine. Returns its identifier.");
  bind_jobs_unserializer(module);
}

}  // namespace orthanc_runtime
