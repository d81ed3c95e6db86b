// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/stored_instance.h"

#include "bindings/sdk_object.h"
#include "errors.h"
#include "python_stack.h"
#include "runtime.h"

namespace orthanc_runtime {

namespace {

OrthancPluginErrorCode on_stored_instance(const OrthancPluginDicomInstance* instance,
                                          const char* id) noexcept {
  Runtime& now = runtime();
  const Gate::Pass pass(now.gate, true);
  const Watchdog::Handler handler(now.watchdog);
  try {
    enter_python([&] { now.stored_instance.call(instance, id); });
  } catch (const std::exception& error) {
    OrthancPluginLogError(
        sdk(), (std::string("OnStoredInstance was not called: ") + error.what()).c_str());
  }
  return OrthancPluginErrorCode_Success;
}

}  // namespace

void StoredInstanceCallbacks::add(py::object callback) {
  callbacks_.push_back(std::move(callback));
  if (!registered_) {
    registered_ = true;
    const GilRelease released;
    OrthancPluginRegisterOnStoredInstanceCallback(sdk(), &on_stored_instance);
  }
}

void StoredInstanceCallbacks::call(const OrthancPluginDicomInstance* instance, const char* id) {
  const Lent<OrthancPluginDicomInstance> lent(instance);
  const py::object name = copy_string(id);
  const std::vector<py::object> present = callbacks_;
  for (const py::object& callback : present) {
    try {
      callback(lent.object(), name);
    } catch (py::error_already_set& error) {
      error.restore();
      report_python_error("the OnStoredInstance callback");
    }
  }
}

}  // namespace orthanc_runtime
