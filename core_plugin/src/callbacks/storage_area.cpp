// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/storage_area.h"

#include "bindings/conversions.h"
#include "bindings/registration.h"
#include "callbacks/call_python.h"
#include "callbacks/returned_buffer.h"

namespace orthanc_runtime {

namespace {

OrthancPluginErrorCode create_file(const char* uuid, const void* content, int64_t size,
                                   OrthancPluginContentType type) noexcept {
  return call_python("the StorageCreate callback", [&] {
    runtime().storage_area.callbacks().create(
        copy_string(uuid), enum_member("ContentType", type),
        copy_bytes(content, static_cast<std::uint64_t>(size)));
  });
}

OrthancPluginErrorCode read_whole_file(OrthancPluginMemoryBuffer64* target, const char* uuid,
                                       OrthancPluginContentType type) noexcept {
  return call_python("the StorageRead callback", [&] {
    return_buffer(runtime().storage_area.callbacks().read_whole(copy_string(uuid),
                                                                enum_member("ContentType", type)),
                  target, "the StorageRead callback");
  });
}

OrthancPluginErrorCode read_range_of_file(OrthancPluginMemoryBuffer64* target, const char* uuid,
                                          OrthancPluginContentType type, uint64_t start) noexcept {
  return call_python("the StorageReadRange callback", [&] {
    fill_buffer(runtime().storage_area.callbacks().read_range(
                    copy_string(uuid), enum_member("ContentType", type), start, target->size),
                target, "the StorageReadRange callback");
  });
}

OrthancPluginErrorCode remove_file(const char* uuid, OrthancPluginContentType type) noexcept {
  return call_python("the StorageRemove callback", [&] {
    runtime().storage_area.callbacks().remove(copy_string(uuid), enum_member("ContentType", type));
  });
}

/// The first kind of storage area is this one without ranges: its own function of the SDK takes
/// memory of malloc(), which the core copies once more.
void register_with_core_as_area_2(bool ranges) {
  _OrthancPluginRegisterStorageArea2 parameters{
      &create_file, &read_whole_file, ranges ? &read_range_of_file : nullptr, &remove_file};
  // Not the SDK's inline function, which drops the error code.
  check(call_sdk([&] {
    return sdk()->InvokeService(sdk(), _OrthancPluginService_RegisterStorageArea2, &parameters);
  }));
}

void register_storage_area(const py::object& create, const py::object& read,
                           const py::object& remove) {
  runtime().storage_area.claim("RegisterStorageArea", {create, read, py::object(), remove});
  register_with_core_as_area_2(false);
}

void register_storage_area_2(const py::object& create, const py::object& read_whole,
                             const py::object& read_range, const py::object& remove) {
  const bool ranges = !read_range.is_none();
  runtime().storage_area.claim("RegisterStorageArea2",
                               {create, read_whole, ranges ? read_range : py::object(), remove});
  register_with_core_as_area_2(ranges);
}

}  // namespace

void StorageArea::claim(const char* function, Callbacks callbacks) {
  for (const py::object& callback :
       {callbacks.create, callbacks.read_whole, callbacks.read_range, callbacks.remove}) {
    if (callback) {
      require_callable(callback, function);
      note_callback(callback);
    }
  }
  if (runtime().routes.is_late()) {
    throw_sdk_error(OrthancPluginErrorCode_BadSequenceOfCalls,
                    std::string(function) + " works only while the script is imported");
  }
  registration_.claim();
  callbacks_ = std::move(callbacks);
}

void bind_storage_area(py::module_& module) {
  module.def("RegisterStorageArea", &register_storage_area,
             "RegisterStorageArea(create, read, remove)\n\n"
             "Orthanc keeps its files by create(uuid, content_type, content), "
             "read(uuid, content_type), which returns bytes or another buffer, and "
             "remove(uuid, content_type). What create or read raises fails the request; the error "
             "code of an OrthancException is kept. There can be one storage area.");
  module.def("RegisterStorageArea2", &register_storage_area_2,
             "RegisterStorageArea2(create, read_whole, read_range, remove)\n\n"
             "As RegisterStorageArea, with read_range(uuid, content_type, start, size), which "
             "returns size bytes of the file from start on. Where it is None, Orthanc takes them "
             "from the whole file.");
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 8)
  bind_storage_area_with_custom_data(module);
#endif
}

}  // namespace orthanc_runtime
