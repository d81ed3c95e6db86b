// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// CALLs of functions about resources that newer cores have, with the values of bindings/resources
// and callbacks/audit_log.
#include "dispatch/audit_logs.h"
#include "dispatch/calls.h"

namespace orthanc_runtime {

namespace {
thread_local int handling = 0;
}  // namespace

HandlingAuditLog::HandlingAuditLog() { ++handling; }

HandlingAuditLog::~HandlingAuditLog() { --handling; }

bool HandlingAuditLog::in_this_thread() { return handling > 0; }

namespace calls {

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 8)
namespace {

CallReply adopt_dicom_instance(Arguments& given) {
  const Bytes64 dicom(given);
  const OptionalBytes32 custom_data(given);
  given.end();
  MemoryBuffer instance;
  MemoryBuffer attachment;
  OrthancPluginStoreStatus status = OrthancPluginStoreStatus_Failure;
  check(call_sdk([&] {
    return OrthancPluginAdoptDicomInstance(sdk(), instance.out(), attachment.out(), &status,
                                           dicom.data(), dicom.size(), custom_data.data(),
                                           custom_data.size());
  }));
  // Identifiers, without a NUL at their end.
  return reply(given.origin(), instance.to_text(), attachment.to_text(),
               enum_member("StoreStatus", status));
}

}  // namespace
#endif

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 9)
namespace {

CallReply set_stable_status(Arguments& given) {
  const Text resource(given);
  const Integer<int32_t> status(given);
  given.end();
  uint8_t has_changed = 0;
  check(call_sdk([&] {
    return OrthancPluginSetStableStatus(sdk(), &has_changed, resource.c_str(),
                                        static_cast<OrthancPluginStableStatus>(status.value()));
  }));
  return reply(given.origin(), to_int(static_cast<int>(OrthancPluginErrorCode_Success)),
               to_int(static_cast<int>(has_changed)));
}

CallReply emit_audit_log(Arguments& given) {
  const Text source_plugin(given);
  const Text user_id(given);
  const Integer<int32_t> resource_type(given);
  const Text resource_id(given);
  const Text action(given);
  const OptionalBytes32 log_data(given);
  given.end();
  if (HandlingAuditLog::in_this_thread()) {
    throw Failure(OrthancPluginErrorCode_BadSequenceOfCalls, kNestedAuditLog);
  }
  call_sdk([&] {
    OrthancPluginEmitAuditLog(sdk(), source_plugin.c_str(), user_id.c_str(),
                              static_cast<OrthancPluginResourceType>(resource_type.value()),
                              resource_id.c_str(), action.c_str(), log_data.data(),
                              log_data.size());
  });
  return reply(given.origin());
}

}  // namespace
#endif

const Table& resource_calls() {
  static const Table table {
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 8)
    {"AdoptDicomInstance", adopt_dicom_instance},
#endif
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 9)
        {"EmitAuditLog", emit_audit_log}, {"SetStableStatus", set_stable_status},
#endif
  };
  return table;
}

}  // namespace calls

}  // namespace orthanc_runtime
