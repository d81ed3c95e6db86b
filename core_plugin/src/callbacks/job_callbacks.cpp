// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/job_callbacks.h"

#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "bindings/conversions.h"
#include "callbacks/call_python.h"

namespace orthanc_runtime {

namespace {

// Between two steps that are not made, as Orthanc is stopping.
constexpr auto kStopping = std::chrono::milliseconds(100);

struct JobPayload {
  py::object checked;
};

const py::object& checked_job(void* job) { return static_cast<JobPayload*>(job)->checked; }

bool raised_by_stop(const py::error_already_set& error) {
  return runtime().gate.is_closed() && error.matches(PyExc_SystemExit);
}

/// A step that was ended for the stop of Orthanc, or not begun, is one to be made after a restart.
OrthancPluginJobStepStatus step(void* job) noexcept {
  // no pass: a pause would wait for the step, which may be long
  const Gate::Stay stay(runtime().gate);
  if (runtime().gate.is_closed()) {
    std::this_thread::sleep_for(kStopping);
    return OrthancPluginJobStepStatus_Continue;
  }
  auto status = OrthancPluginJobStepStatus_Failure;
  run_python("the step of a job", [&] {
    try {
      status = static_cast<OrthancPluginJobStepStatus>(
          checked_job(job).attr("step")().cast<std::int32_t>());
    } catch (const py::error_already_set& error) {
      if (!raised_by_stop(error)) {
        throw;
      }
      status = OrthancPluginJobStepStatus_Continue;
    }
  });
  return status;
}

OrthancPluginErrorCode stop(void* job, OrthancPluginJobStopReason reason) noexcept {
  return run_python("the stop of a job",
                    [&] { checked_job(job).attr("stop")(enum_member("JobStopReason", reason)); });
}

OrthancPluginErrorCode reset(void* job) noexcept {
  return run_python("the reset of a job", [&] { checked_job(job).attr("reset")(); });
}

float progress(void* job) noexcept {
  float progress = 0;
  run_python("the progress of a job",
             [&] { progress = checked_job(job).attr("progress")().cast<float>(); });
  return progress;
}

/// An object of JSON in any case: the core ends where it gets something else.
std::string content(void* job) noexcept {
  std::string json = "{}";
  run_python("the content of a job", [&] {
    try {
      json = checked_job(job).attr("content")().cast<std::string>();
    } catch (const py::error_already_set&) {
      json = checked_job(job).attr("failure")().cast<std::string>();
      throw;
    }
  });
  return json;
}

/// Empty where the job cannot be serialized.
std::optional<std::string> serialized(void* job) noexcept {
  std::optional<std::string> json;
  run_python("the serialization of a job", [&] {
    const py::object text = checked_job(job).attr("serialized")();
    if (!text.is_none()) {
      json = text.cast<std::string>();
    }
  });
  return json;
}

/// The payload itself stays where there is no memory for a stack.
void finalize(void* job) noexcept {
  auto* const payload = static_cast<JobPayload*>(job);
  bool released = false;
  run_python("the end of a job", [&] {
    payload->checked = py::object();
    released = true;
  });
  if (released) {
    delete payload;
  }
}

// The core reads the texts at once, on the thread that asked for them.
const char* lent_content(void* job) noexcept {
  thread_local std::string text;
  text = content(job);
  return text.c_str();
}

const char* lent_serialized(void* job) noexcept {
  thread_local std::string text;
  const std::optional<std::string> json = serialized(job);
  text = json.value_or("");
  return json ? text.c_str() : nullptr;
}

// Not OrthancPluginCreateJob2: the core asks such a job for its content where it means its
// serialization, takes success for "not serialized", and the job is lost at a restart.
OrthancPluginJob* register_job(const char* type, JobPayload* payload) {
  return OrthancPluginCreateJob(sdk(), payload, &finalize, type, &progress, &lent_content,
                                &lent_serialized, &step, &stop, &reset);
}

}  // namespace

OrthancPluginJob* create_job(const std::string& type, py::object checked) {
  auto payload = std::make_unique<JobPayload>(JobPayload{std::move(checked)});
  OrthancPluginJob* const job = call_sdk([&] { return register_job(type.c_str(), payload.get()); });
  if (job != nullptr) {
    static_cast<void>(payload.release());
  }
  return job;
}

}  // namespace orthanc_runtime
