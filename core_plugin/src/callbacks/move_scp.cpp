// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/move_scp.h"

#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "bindings/registration.h"
#include "bindings/sdk_object.h"
#include "callbacks/call_python.h"
#include "callbacks/dicom_server_callback.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kMove = "the C-MOVE callback";

/// What a peer wants to have moved; the core gives a null pointer for each identifier it left out.
struct MovedResource {
  OrthancPluginResourceType level;
  const char* patient_id;
  const char* accession_number;
  const char* study_instance_uid;
  const char* series_instance_uid;
  const char* sop_instance_uid;
  const char* target_aet;
  uint16_t originator_id;
};

const char* level_name(OrthancPluginResourceType level) {
  switch (level) {
    case OrthancPluginResourceType_Patient:
      return "PATIENT";
    case OrthancPluginResourceType_Study:
      return "STUDY";
    case OrthancPluginResourceType_Series:
      return "SERIES";
    case OrthancPluginResourceType_Instance:
      return "INSTANCE";
    default:
      return "";
  }
}

py::dict move_request(const MovedResource& resource) {
  const auto text = [](const char* value) { return copy_string(value == nullptr ? "" : value); };
  py::dict request;
  request["Level"] = level_name(resource.level);
  request["PatientID"] = text(resource.patient_id);
  request["AccessionNumber"] = text(resource.accession_number);
  request["StudyInstanceUID"] = text(resource.study_instance_uid);
  request["SeriesInstanceUID"] = text(resource.series_instance_uid);
  request["SOPInstanceUID"] = text(resource.sop_instance_uid);
  request["TargetAET"] = text(resource.target_aet);
  request["OriginatorID"] = resource.originator_id;
  return request;
}

/// One request under way, for the core a pointer. Made and destroyed with the GIL.
struct Move {
  /// What `create` has returned; where there is none, the request.
  py::object driver;
  /// Why no sub-operation can succeed.
  OrthancPluginErrorCode failure = OrthancPluginErrorCode_Success;
};

uint32_t sub_operations(const py::object& driver) {
  const py::object size = runtime().move_scp.callbacks().size(driver);
  if (PyLong_Check(size.ptr()) == 0) {
    throw py::type_error(std::string("the C-MOVE size callback must return an int, not ") +
                         Py_TYPE(size.ptr())->tp_name);
  }
  int overflow = 0;
  const long long count = PyLong_AsLongLongAndOverflow(size.ptr(), &overflow);
  if (overflow != 0 || count < 0 || count > std::numeric_limits<uint32_t>::max()) {
    throw py::value_error("the C-MOVE size callback returned " +
                          py::repr(size).cast<std::string>());
  }
  return static_cast<uint32_t>(count);
}

/// What a script returns, other than a member of ErrorCode, has never meant anything.
OrthancPluginErrorCode move_error(const py::object& result) {
  const py::object codes = py::module_::import("orthanc_runtime.sdk").attr("ErrorCode");
  return py::isinstance(result, codes) ? static_cast<OrthancPluginErrorCode>(result.cast<int>())
                                       : OrthancPluginErrorCode_Success;
}

void* move_to_core(py::object driver) {
  auto move = std::make_unique<Move>();
  move->driver = std::move(driver);
  return move.release();
}

void* create_move(OrthancPluginResourceType level, const char* patient_id,
                  const char* accession_number, const char* study_instance_uid,
                  const char* series_instance_uid, const char* sop_instance_uid,
                  const char* originator_aet, const char* source_aet, const char* target_aet,
                  uint16_t originator_id) noexcept {
  void* move = nullptr;
  call_python(kMove, [&] {
    py::dict request =
        move_request({level, patient_id, accession_number, study_instance_uid, series_instance_uid,
                      sop_instance_uid, target_aet, originator_id});
    request["OriginatorAET"] = copy_string(originator_aet);
    request["SourceAET"] = copy_string(source_aet);
    const py::object& make_driver = runtime().move_scp.callbacks().create;
    move = move_to_core(make_driver ? make_driver(**request) : request);
  });
  return move;
}

/// A size that is none lets one sub-operation fail: the core has no way to be told here.
uint32_t get_move_size(void* driver) noexcept {
  Move& move = *static_cast<Move*>(driver);
  uint32_t size = 1;
  move.failure =
      call_python("the C-MOVE size callback", [&] { size = sub_operations(move.driver); });
  return size;
}

OrthancPluginErrorCode apply_move(void* driver) noexcept {
  const Move& move = *static_cast<Move*>(driver);
  if (move.failure != OrthancPluginErrorCode_Success) {
    return move.failure;
  }
  OrthancPluginErrorCode returned = OrthancPluginErrorCode_Success;
  const OrthancPluginErrorCode raised = call_python("the C-MOVE apply callback", [&] {
    returned = move_error(runtime().move_scp.callbacks().apply(move.driver));
  });
  return raised != OrthancPluginErrorCode_Success ? raised : returned;
}

void free_move(void* driver) noexcept {
  call_python("the C-MOVE free callback", [&] {
    const std::unique_ptr<Move> move(static_cast<Move*>(driver));
    runtime().move_scp.callbacks().free(move->driver);
  });
}

uint32_t get_size_of_whole_move(void* /*driver*/) noexcept { return 1; }

OrthancPluginErrorCode apply_whole_move(void* driver) noexcept {
  return call_python(kMove, [&] {
    const auto request = static_cast<Move*>(driver)->driver.cast<py::dict>();
    runtime().move_scp.callbacks().apply(**request);
  });
}

void free_whole_move(void* driver) noexcept {
  call_python(kMove, [&] { const std::unique_ptr<Move> move(static_cast<Move*>(driver)); });
}

void register_move(const py::object& callback) {
  runtime().move_scp.claim("RegisterMoveCallback", {{}, {}, callback, {}});
  check(call_sdk([] {
    return OrthancPluginRegisterMoveCallback(sdk(), &create_move, &get_size_of_whole_move,
                                             &apply_whole_move, &free_whole_move);
  }));
}

void register_move_2(const py::object& create, const py::object& size, const py::object& apply,
                     const py::object& free) {
  runtime().move_scp.claim("RegisterMoveCallback2", {create, size, apply, free});
  check(call_sdk([] {
    return OrthancPluginRegisterMoveCallback(sdk(), &create_move, &get_move_size, &apply_move,
                                             &free_move);
  }));
}

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 10)

void* create_move_with_connection(OrthancPluginResourceType level, const char* patient_id,
                                  const char* accession_number, const char* study_instance_uid,
                                  const char* series_instance_uid, const char* sop_instance_uid,
                                  const OrthancPluginDicomConnection* connection,
                                  const char* target_aet, uint16_t originator_id) noexcept {
  void* move = nullptr;
  call_python(kMove, [&] {
    const py::dict request =
        move_request({level, patient_id, accession_number, study_instance_uid, series_instance_uid,
                      sop_instance_uid, target_aet, originator_id});
    const Lent<OrthancPluginDicomConnection> lent(connection);
    move = move_to_core(runtime().move_scp.callbacks().create(lent.object(), **request));
  });
  return move;
}

void register_move_3(const py::object& create, const py::object& size, const py::object& apply,
                     const py::object& free) {
  runtime().move_scp.claim("RegisterMoveCallback3", {create, size, apply, free});
  check(call_sdk([] {
    return OrthancPluginRegisterMoveCallback2(sdk(), &create_move_with_connection, &get_move_size,
                                              &apply_move, &free_move);
  }));
}

#endif

}  // namespace

namespace {

void refuse_driver(const py::object& callback, const char* function) {
  if (callback) {
    refuse_offloaded(callback, function,
                     "only what creates the driver can be offloaded, as a worker would change "
                     "a copy of the driver; let the others call an offloaded function");
  }
}

}  // namespace

void MoveScp::claim(const char* function, const Callbacks& callbacks) {
  for (const py::object& callback :
       {callbacks.create, callbacks.size, callbacks.apply, callbacks.free}) {
    if (callback) {
      require_callable(callback, function);
      note_callback(callback);
    }
  }
  for (const py::object& callback : {callbacks.size, callbacks.free}) {
    refuse_driver(callback, function);
  }
  if (callbacks.create) {
    refuse_driver(callbacks.apply, function);
  }
  require_import(function);
  registration_.claim();
  callbacks_ = callbacks;
}

void bind_move_scp(py::module_& module) {
  module.def("RegisterMoveCallback", &register_move,
             "RegisterMoveCallback(callback)\n\n"
             "Calls callback(**request) for each C-MOVE, which is one sub-operation.");
  module.def("RegisterMoveCallback2", &register_move_2,
             "RegisterMoveCallback2(create, size, apply, free)\n\n"
             "Calls create(**request) for each C-MOVE, and the others with the driver that it "
             "returns: size once, apply for each sub-operation, free at the end.");
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 10)
  module.def("RegisterMoveCallback3", &register_move_3,
             "RegisterMoveCallback3(create, size, apply, free)\n\n"
             "As RegisterMoveCallback2, but for create(connection, **request).");
#endif
}

}  // namespace orthanc_runtime
