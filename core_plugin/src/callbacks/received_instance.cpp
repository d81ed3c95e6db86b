// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/received_instance.h"

#include <string>

#include "bindings/conversions.h"
#include "bindings/registration.h"
#include "callbacks/call_python.h"
#include "callbacks/returned_buffer.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kReceivedInstance = "the ReceivedInstance callback";

OrthancPluginReceivedInstanceAction on_received_instance(
    OrthancPluginMemoryBuffer64* modified, const void* dicom, uint64_t size,
    OrthancPluginInstanceOrigin origin) noexcept {
  OrthancPluginReceivedInstanceAction action = OrthancPluginReceivedInstanceAction_KeepAsIs;
  call_python(kReceivedInstance,
              [&] { runtime().received_instance.call(dicom, size, origin, modified, action); });
  return action;
}

struct Verdict {
  long action = OrthancPluginReceivedInstanceAction_KeepAsIs;
  py::object data;
};

Verdict to_verdict(const py::object& returned) {
  if (!py::isinstance<py::tuple>(returned) || py::len(returned) != 2) {
    throw py::type_error(std::string(kReceivedInstance) +
                         " must return a tuple of action and data, not " +
                         Py_TYPE(returned.ptr())->tp_name);
  }
  const py::tuple pair = returned;
  const py::object action = pair[0];
  if (PyLong_Check(action.ptr()) == 0) {
    throw py::type_error(std::string(kReceivedInstance) +
                         " must return a ReceivedInstanceAction first, not " +
                         Py_TYPE(action.ptr())->tp_name);
  }
  int overflow = 0;
  return {PyLong_AsLongAndOverflow(action.ptr(), &overflow), pair[1]};
}

/// What a callback gets of what the one before has returned.
py::object as_received_bytes(const py::object& dicom) {
  if (PyBytes_CheckExact(dicom.ptr()) != 0) {
    return dicom;
  }
  const Bytes64 view(dicom);
  return copy_bytes(view.data(), view.length());
}

void register_received_instance(const py::object& callback) {
  require_callable(callback, "RegisterReceivedInstanceCallback");
  runtime().received_instance.add(callback);
}

}  // namespace

void ReceivedInstanceCallbacks::add(py::object callback) {
  callbacks_.add(std::move(callback), [] {
    check(call_sdk([] {
      return OrthancPluginRegisterReceivedInstanceCallback(sdk(), &on_received_instance);
    }));
  });
}

void ReceivedInstanceCallbacks::call(const void* dicom, uint64_t size,
                                     OrthancPluginInstanceOrigin origin,
                                     OrthancPluginMemoryBuffer64* modified,
                                     OrthancPluginReceivedInstanceAction& action) {
  py::object current = copy_bytes(dicom, size);
  for (const py::object& callback : callbacks_.present()) {
    Verdict verdict;
    log_python_error(kReceivedInstance, [&] {
      verdict =
          to_verdict(callback(as_received_bytes(current), enum_member("InstanceOrigin", origin)));
    });
    if (verdict.action == OrthancPluginReceivedInstanceAction_KeepAsIs) {
      continue;
    }
    if (verdict.action == OrthancPluginReceivedInstanceAction_Discard) {
      action = OrthancPluginReceivedInstanceAction_Discard;
      return;
    }
    // The core refuses an instance that is modified but has no data, which is what becomes of it
    // where one of these raises.
    action = OrthancPluginReceivedInstanceAction_Modify;
    if (verdict.action != OrthancPluginReceivedInstanceAction_Modify) {
      throw py::value_error(std::string(kReceivedInstance) + " returned an unknown action");
    }
    require_buffer(verdict.data, kReceivedInstance);
    current = verdict.data;
  }
  if (action == OrthancPluginReceivedInstanceAction_Modify) {
    return_buffer(current, modified, kReceivedInstance);
  }
}

void bind_received_instance(py::module_& module) {
  module.def("RegisterReceivedInstanceCallback", &register_received_instance,
             "RegisterReceivedInstanceCallback(callback)\n\n"
             "Calls callback(dicom, origin) with the bytes of each DICOM instance that Orthanc "
             "receives, before it is stored. It returns (action, data): data is the instance to "
             "store with ReceivedInstanceAction.MODIFY, else None. Several callbacks run in the "
             "order of their registration, each on what the one before has left.");
}

}  // namespace orthanc_runtime
