// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a script tells Orthanc's index about resources.
#include "bindings/hand_written.h"

namespace orthanc_runtime {

namespace {

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 8)
/// The identifiers come as buffers without a NUL at the end.
py::object to_string(const MemoryBuffer& buffer) { return buffer.to_bytes().attr("decode")(); }

py::tuple adopt_dicom_instance(const Bytes64& dicom, const OptionalBytes32& custom_data) {
  MemoryBuffer instance;
  MemoryBuffer attachment;
  OrthancPluginStoreStatus status = OrthancPluginStoreStatus_Failure;
  check(call_sdk([&] {
    return OrthancPluginAdoptDicomInstance(sdk(), instance.out(), attachment.out(), &status,
                                           dicom.data(), dicom.size(), custom_data.data(),
                                           custom_data.size());
  }));
  return py::make_tuple(to_string(instance), to_string(attachment),
                        enum_member("StoreStatus", status));
}
#endif

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 9)
/// The tuple is that of the Python plugin of Orthanc; a failure raises here.
py::tuple set_stable_status(const Text& resource, std::int32_t status) {
  uint8_t has_changed = 0;
  check(call_sdk([&] {
    return OrthancPluginSetStableStatus(sdk(), &has_changed, resource.c_str(),
                                        static_cast<OrthancPluginStableStatus>(status));
  }));
  return py::make_tuple(static_cast<int>(OrthancPluginErrorCode_Success),
                        static_cast<int>(has_changed));
}
#endif

}  // namespace

void bind_resources([[maybe_unused]] py::module_& module) {
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 8)
  module.def("AdoptDicomInstance", &adopt_dicom_instance,
             "AdoptDicomInstance(dicom, custom_data)\n\n"
             "Adds an instance whose file stays where it is to Orthanc's database: the storage "
             "area of RegisterStorageArea3 is not told to create it, and reads it by its custom "
             "data. Returns (instance, UUID of its file, StoreStatus).");
#endif
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 9)
  module.def("SetStableStatus", &set_stable_status,
             "SetStableStatus(resource, status)\n\n"
             "Makes a resource stable, or unstable for another stable age. Returns (0, 1) where "
             "this changed its status, else (0, 0).");
#endif
}

}  // namespace orthanc_runtime
