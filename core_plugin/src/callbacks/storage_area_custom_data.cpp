// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RegisterStorageArea3: a storage area to whose files Orthanc's database adds custom data. Its
// callbacks return error codes, too, as scripts of the Python plugin of Orthanc expect.
#include "bindings/registration.h"

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 8)

#include <limits>
#include <optional>
#include <string>

#include "bindings/conversions.h"
#include "bindings/sdk_object.h"
#include "callbacks/call_python.h"
#include "callbacks/returned_buffer.h"
#include "dispatch/log_writer.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kStorageCreate2 = "the StorageCreate2 callback";
constexpr const char* kStorageReadRange2 = "the StorageReadRange2 callback";
constexpr const char* kStorageRemove2 = "the StorageRemove2 callback";

/// Raises TypeError; True and False too: which of them means success?
OrthancPluginErrorCode storage_error_code(py::handle returned, const char* who) {
  if (PyLong_Check(returned.ptr()) == 0 || PyBool_Check(returned.ptr()) != 0) {
    throw py::type_error(std::string(who) + " must return an error code, 0 for success, not " +
                         Py_TYPE(returned.ptr())->tp_name);
  }
  int overflow = 0;
  const long code = PyLong_AsLongAndOverflow(returned.ptr(), &overflow);
  if (overflow != 0 || code < std::numeric_limits<std::int32_t>::min() ||
      code > std::numeric_limits<std::int32_t>::max()) {
    throw py::value_error(std::string(who) + " returned an error code out of range");
  }
  if (code != OrthancPluginErrorCode_Success) {
    const std::string text = std::string(who) + " returned error code " + std::to_string(code);
    const GilRelease released;
    write_log({LogCode::StorageError, text});
  }
  return static_cast<OrthancPluginErrorCode>(code);
}

/// (error code, what goes with success)
py::tuple storage_code_and_data(const py::object& returned, const char* who) {
  if (!py::isinstance<py::tuple>(returned) || py::len(returned) != 2) {
    throw py::type_error(std::string(who) + " must return a tuple of error code and data, not " +
                         Py_TYPE(returned.ptr())->tp_name);
  }
  return returned;
}

/// Calls `body`, which answers a code; an exception takes its place.
template <class Body>
OrthancPluginErrorCode call_storage(const char* who, Body&& body) noexcept {
  OrthancPluginErrorCode code = OrthancPluginErrorCode_Plugin;
  const OrthancPluginErrorCode raised = call_python(who, [&] { code = body(); });
  return raised == OrthancPluginErrorCode_Success ? code : raised;
}

OrthancPluginErrorCode create_with_custom_data(
    OrthancPluginMemoryBuffer* custom_data, const char* uuid, const void* content, uint64_t size,
    OrthancPluginContentType type, OrthancPluginCompressionType compression,
    const OrthancPluginDicomInstance* instance) noexcept {
  return call_storage(kStorageCreate2, [&] {
    std::optional<Lent<OrthancPluginDicomInstance>> lent;
    if (instance != nullptr) {
      lent.emplace(instance);
    }
    const py::tuple returned =
        storage_code_and_data(runtime().storage_area.callbacks().create(
                                  copy_string(uuid), enum_member("ContentType", type),
                                  enum_member("CompressionType", compression),
                                  copy_bytes(content, size), lent ? lent->object() : py::none()),
                              kStorageCreate2);
    const OrthancPluginErrorCode code = storage_error_code(returned[0], kStorageCreate2);
    const py::object data = returned[1];
    if (code == OrthancPluginErrorCode_Success && !data.is_none()) {
      return_buffer(data, custom_data, kStorageCreate2);
    }
    return code;
  });
}

OrthancPluginErrorCode read_with_custom_data(OrthancPluginMemoryBuffer64* target, const char* uuid,
                                             OrthancPluginContentType type, uint64_t start,
                                             const void* custom_data,
                                             uint32_t custom_data_size) noexcept {
  return call_storage(kStorageReadRange2, [&] {
    const py::tuple returned =
        storage_code_and_data(runtime().storage_area.callbacks().read_range(
                                  copy_string(uuid), enum_member("ContentType", type), start,
                                  target->size, copy_bytes(custom_data, custom_data_size)),
                              kStorageReadRange2);
    const OrthancPluginErrorCode code = storage_error_code(returned[0], kStorageReadRange2);
    if (code == OrthancPluginErrorCode_Success) {
      fill_buffer(py::object(returned[1]), target, kStorageReadRange2);
    }
    return code;
  });
}

OrthancPluginErrorCode remove_with_custom_data(const char* uuid, OrthancPluginContentType type,
                                               const void* custom_data,
                                               uint32_t custom_data_size) noexcept {
  return call_storage(kStorageRemove2, [&] {
    return storage_error_code(runtime().storage_area.callbacks().remove(
                                  copy_string(uuid), enum_member("ContentType", type),
                                  copy_bytes(custom_data, custom_data_size)),
                              kStorageRemove2);
  });
}

void register_storage_area_3(const py::object& create, const py::object& read_range,
                             const py::object& remove) {
  runtime().storage_area.claim("RegisterStorageArea3", {create, py::object(), read_range, remove});
  _OrthancPluginRegisterStorageArea3 parameters{&create_with_custom_data, &read_with_custom_data,
                                                &remove_with_custom_data};
  // Not the SDK's inline function, which drops the error code.
  check(call_sdk([&] {
    return sdk()->InvokeService(sdk(), _OrthancPluginService_RegisterStorageArea3, &parameters);
  }));
}

}  // namespace

void bind_storage_area_with_custom_data(py::module_& module) {
  module.def(
      "RegisterStorageArea3", &register_storage_area_3,
      "RegisterStorageArea3(create, read_range, remove)\n\n"
      "As RegisterStorageArea, with custom data that Orthanc keeps in its database with each file: "
      "create(uuid, content_type, compression_type, content, dicom_instance) returns "
      "(error code, custom data or None), where dicom_instance is None for other files than DICOM; "
      "read_range(uuid, content_type, start, size, custom_data) returns (error code, size bytes); "
      "remove(uuid, content_type, custom_data) returns an error code. 0 is success.");
}

}  // namespace orthanc_runtime

#endif
