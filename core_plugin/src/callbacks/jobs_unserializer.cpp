// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/jobs_unserializer.h"

#include "bindings/conversions.h"
#include "bindings/registration.h"
#include "callbacks/call_python.h"
#include "callbacks/callback_list.h"
#include "callbacks/jobs.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kUnserializer = "the jobs unserializer";

OrthancPluginJob* unserialize(const char* type, const char* serialized) noexcept {
  OrthancPluginJob* job = nullptr;
  call_python(kUnserializer, [&] { job = runtime().jobs_unserializers.make(type, serialized); });
  return job;
}

void register_jobs_unserializer(const py::object& callback) {
  require_callable(callback, "RegisterJobsUnserializer");
  refuse_offloaded(callback, "RegisterJobsUnserializer",
                   "what makes a job cannot be offloaded, as Orthanc calls the job itself; let its "
                   "steps call an offloaded function");
  if (runtime().routes.is_late()) {
    PyErr_SetString(PyExc_RuntimeError,
                    "RegisterJobsUnserializer works only while the script is imported: Orthanc "
                    "loads its saved jobs once, when it starts");
    throw py::error_already_set();
  }
  const py::module_ jobs = py::module_::import("orthanc_runtime.jobs");
  runtime().jobs_unserializers.add(jobs.attr("Unserializer")(callback));
}

}  // namespace

void JobsUnserializers::add(py::object unserializer) {
  unserializers_.add(std::move(unserializer), [] {
    call_sdk([] { OrthancPluginRegisterJobsUnserializer(sdk(), &unserialize); });
  });
}

OrthancPluginJob* JobsUnserializers::make(const char* type, const char* serialized) const {
  OrthancPluginJob* made = nullptr;
  for (const py::object& unserializer : unserializers_.present()) {
    log_python_error(kUnserializer, [&] {
      const py::object job = unserializer(copy_string(type), copy_string(serialized));
      if (py::isinstance<Job>(job)) {
        made = job.cast<Job&>().give_away();
      } else if (!job.is_none()) {
        made = Job::create(type, job)->give_away();
      }
    });
    if (made != nullptr) {
      break;
    }
  }
  return made;
}

void bind_jobs_unserializer(py::module_& module) {
  module.def("RegisterJobsUnserializer", &register_jobs_unserializer,
             "RegisterJobsUnserializer(callback)\n\n"
             "Calls callback(job_type, serialized) for each job that Orthanc has saved.");
}

}  // namespace orthanc_runtime
