// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/stored_instance.h"

#include "bindings/sdk_object.h"
#include "callbacks/call_python.h"

namespace orthanc_runtime {

namespace {

OrthancPluginErrorCode on_stored_instance(const OrthancPluginDicomInstance* instance,
                                          const char* id) noexcept {
  call_python("the OnStoredInstance callback",
              [&] { runtime().stored_instance.call(instance, id); });
  // What raised is in the log: the instance is stored all the same.
  return OrthancPluginErrorCode_Success;
}

}  // namespace

void StoredInstanceCallbacks::add(py::object callback) {
  callbacks_.add(std::move(callback), [] {
    const GilRelease released;
    OrthancPluginRegisterOnStoredInstanceCallback(sdk(), &on_stored_instance);
  });
}

void StoredInstanceCallbacks::call(const OrthancPluginDicomInstance* instance, const char* id) {
  const Lent<OrthancPluginDicomInstance> lent(instance);
  const py::object name = copy_string(id);
  for (const py::object& callback : callbacks_.present()) {
    log_python_error("the OnStoredInstance callback", [&] { callback(lent.object(), name); });
  }
}

}  // namespace orthanc_runtime
