// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/storage_commitment.h"

#include <memory>
#include <string>

#include "bindings/registration.h"
#include "bindings/sdk_object.h"
#include "callbacks/call_python.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kCommitment = "the storage commitment callback";
constexpr const char* kCommitmentLookup = "the storage commitment lookup";

/// One request under way, for the core a pointer. Destroyed with the GIL.
struct CommitmentRequest {
  /// What the callback has returned, maybe None.
  py::object data;
  bool failed = false;
};

py::list uid_list(const char* const* values, uint32_t count) {
  py::list list(count);
  for (uint32_t i = 0; i < count; ++i) {
    list[i] = copy_string(values[i]);
  }
  return list;
}

/// `ask` gives the data. The core has acknowledged the request already: an error code would leave
/// the peer without a report, as would one of the lookup.
template <class Ask>
OrthancPluginErrorCode begin_with(void** handler, Ask&& ask) noexcept {
  auto request = std::make_unique<CommitmentRequest>();
  const OrthancPluginErrorCode code = call_python(kCommitment, [&] { request->data = ask(); });
  request->failed = code != OrthancPluginErrorCode_Success;
  *handler = request.release();
  return OrthancPluginErrorCode_Success;
}

OrthancPluginErrorCode begin_commitment(void** handler, const char* job_id,
                                        const char* transaction_uid,
                                        const char* const* sop_class_uids,
                                        const char* const* sop_instance_uids, uint32_t count,
                                        const char* remote_aet, const char* called_aet) noexcept {
  return begin_with(handler, [&] {
    return runtime().storage_commitment.callbacks().request(
        copy_string(job_id), copy_string(transaction_uid), uid_list(sop_class_uids, count),
        uid_list(sop_instance_uids, count), copy_string(remote_aet), copy_string(called_aet));
  });
}

OrthancPluginStorageCommitmentFailureReason commitment_reason(const py::object& returned) {
  // False would mean success, so a bool is none
  if (PyLong_Check(returned.ptr()) == 0 || PyBool_Check(returned.ptr())) {
    throw py::type_error(std::string(kCommitmentLookup) +
                         " must return a StorageCommitmentFailureReason, not " +
                         Py_TYPE(returned.ptr())->tp_name);
  }
  const py::object member =
      py::module_::import("orthanc_runtime.sdk").attr("StorageCommitmentFailureReason")(returned);
  return static_cast<OrthancPluginStorageCommitmentFailureReason>(member.cast<int>());
}

OrthancPluginErrorCode look_up_commitment(OrthancPluginStorageCommitmentFailureReason* target,
                                          void* handler, const char* sop_class_uid,
                                          const char* sop_instance_uid) noexcept {
  *target = OrthancPluginStorageCommitmentFailureReason_ProcessingFailure;
  const auto& request = *static_cast<CommitmentRequest*>(handler);
  if (!request.failed) {
    call_python(kCommitmentLookup, [&] {
      *target = commitment_reason(runtime().storage_commitment.callbacks().lookup(
          copy_string(sop_class_uid), copy_string(sop_instance_uid), request.data));
    });
  }
  return OrthancPluginErrorCode_Success;
}

void end_commitment(void* handler) noexcept {
  call_python(kCommitment, [&] {
    const std::unique_ptr<CommitmentRequest> request(static_cast<CommitmentRequest*>(handler));
  });
}

void register_commitment(const py::object& request, const py::object& lookup) {
  runtime().storage_commitment.claim("RegisterStorageCommitmentScpCallback", {request, lookup});
  check(call_sdk([] {
    return OrthancPluginRegisterStorageCommitmentScpCallback(sdk(), &begin_commitment,
                                                             &end_commitment, &look_up_commitment);
  }));
}

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 10)

OrthancPluginErrorCode begin_commitment_2(void** handler, const char* job_id,
                                          const char* transaction_uid,
                                          const char* const* sop_class_uids,
                                          const char* const* sop_instance_uids, uint32_t count,
                                          const OrthancPluginDicomConnection* connection) noexcept {
  return begin_with(handler, [&] {
    const Lent<OrthancPluginDicomConnection> lent(connection);
    return runtime().storage_commitment.callbacks().request(
        copy_string(job_id), copy_string(transaction_uid), uid_list(sop_class_uids, count),
        uid_list(sop_instance_uids, count), lent.object());
  });
}

void register_commitment_2(const py::object& request, const py::object& lookup) {
  runtime().storage_commitment.claim("RegisterStorageCommitmentScpCallback2", {request, lookup});
  check(call_sdk([] {
    return OrthancPluginRegisterStorageCommitmentScpCallback2(sdk(), &begin_commitment_2,
                                                              &end_commitment, &look_up_commitment);
  }));
}

#endif

}  // namespace

void StorageCommitment::claim(const char* function, const Callbacks& callbacks) {
  require_callable(callbacks.request, function);
  require_callable(callbacks.lookup, function);
  note_callback(callbacks.request);
  note_callback(callbacks.lookup);
  registration_.claim();
  callbacks_ = callbacks;
}

void bind_storage_commitment(py::module_& module) {
  module.def("RegisterStorageCommitmentScpCallback", &register_commitment,
             "RegisterStorageCommitmentScpCallback(callback, lookup)\n\n"
             "Calls callback(job_id, transaction_uid, sop_class_uids, sop_instance_uids, "
             "remote_aet, called_aet) for each request, then lookup(sop_class_uid, "
             "sop_instance_uid, data) for each of its instances.");
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 10)
  module.def("RegisterStorageCommitmentScpCallback2", &register_commitment_2,
             "RegisterStorageCommitmentScpCallback2(callback, lookup)\n\n"
             "The same for callback(job_id, transaction_uid, sop_class_uids, sop_instance_uids, "
             "connection).");
#endif
}

}  // namespace orthanc_runtime
