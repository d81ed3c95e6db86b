// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What DicomInstance has besides the generated methods.
#include "bindings/hand_written.h"

namespace orthanc_runtime {

namespace {

using DicomInstance = SdkObject<OrthancPluginDicomInstance>;

// The SDK gives pointer and size by two functions.
py::bytes instance_data(DicomInstance& self) {
  const Use<OrthancPluginDicomInstance> use(self);
  std::int64_t size = 0;
  const void* data = nullptr;
  call_sdk([&] {
    size = OrthancPluginGetInstanceSize(sdk(), use.get());
    data = OrthancPluginGetInstanceData(sdk(), use.get());
  });
  if (data == nullptr || size < 0) {
    throw_sdk_error(OrthancPluginErrorCode_InternalError);
  }
  return copy_bytes(data, static_cast<std::uint64_t>(size));
}

}  // namespace

void bind_dicom_instance(py::class_<DicomInstance>& bound) {
  bound.def("GetInstanceData", &instance_data,
            "GetInstanceData(self) -> bytes\n\nA copy of the DICOM file.");
  bind_dicomweb_instance(bound);
}

}  // namespace orthanc_runtime
