// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/audit_log.h"

#include "bindings/conversions.h"
#include "bindings/registration.h"
#include "callbacks/call_python.h"
#include "dispatch/audit_logs.h"

namespace orthanc_runtime {

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 9)

namespace {

constexpr const char* kAuditLogHandler = "the audit log handler";

OrthancPluginErrorCode handle_audit_log(const char* source_plugin, const char* user_id,
                                        OrthancPluginResourceType resource_type,
                                        const char* resource_id, const char* action,
                                        const void* log_data, uint32_t log_data_size) noexcept {
  const HandlingAuditLog handling;
  call_python(kAuditLogHandler, [&] {
    runtime().audit_log.call(py::make_tuple(copy_string(source_plugin), copy_string(user_id),
                                            enum_member("ResourceType", resource_type),
                                            copy_string(resource_id), copy_string(action),
                                            copy_bytes(log_data, log_data_size)));
  });
  // What raised is in the log: an error would keep the handlers of other plugins from running.
  return OrthancPluginErrorCode_Success;
}

void register_audit_log_handler(const py::object& handler) {
  require_callable(handler, "RegisterAuditLogHandler");
  runtime().audit_log.add(handler);
}

void emit_audit_log(const Text& source_plugin, const Text& user_id, std::int32_t resource_type,
                    const Text& resource_id, const Text& action, const OptionalBytes32& log_data) {
  if (HandlingAuditLog::in_this_thread()) {
    throw_sdk_error(OrthancPluginErrorCode_BadSequenceOfCalls, kNestedAuditLog);
  }
  call_sdk([&] {
    OrthancPluginEmitAuditLog(sdk(), source_plugin.c_str(), user_id.c_str(),
                              static_cast<OrthancPluginResourceType>(resource_type),
                              resource_id.c_str(), action.c_str(), log_data.data(),
                              log_data.size());
  });
}

}  // namespace

void AuditLogHandlers::add(py::object handler) {
  handlers_.add(std::move(handler), [] {
    check(call_sdk([] { return OrthancPluginRegisterAuditLogHandler(sdk(), &handle_audit_log); }));
  });
}

void AuditLogHandlers::call(const py::tuple& arguments) const {
  for (const py::object& handler : handlers_.present()) {
    log_python_error(kAuditLogHandler, [&] { handler(*arguments); });
  }
}

void bind_audit_log(py::module_& module) {
  module.def("RegisterAuditLogHandler", &register_audit_log_handler,
             "RegisterAuditLogHandler(callback)\n\n"
             "Calls callback(source_plugin, user_id, resource_type, resource_id, action, log_data) "
             "for each audit log.");
  module.def("EmitAuditLog", &emit_audit_log,
             "EmitAuditLog(sourcePlugin, userId, resourceType, resourceId, action, logData)\n\n"
             "Gives an audit log to the handlers of all plugins.");
}

#else

void bind_audit_log(py::module_& /*module*/) {}

#endif

}  // namespace orthanc_runtime
