// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// StorageArea.Create with the size of the content, as newer reference plugins take it.
#include "bindings/arguments.h"
#include "bindings/hand_written.h"

namespace orthanc_runtime {

namespace {

using StorageAreaObject = SdkObject<OrthancPluginStorageArea>;

void create(StorageAreaObject& self, const Text& uuid, const Bytes64& content, std::uint64_t size,
            std::int32_t type) {
  if (size > content.size()) {
    throw py::value_error("size is larger than the content");
  }
  const Use<OrthancPluginStorageArea> use(self);
  check(call_sdk([&] {
    return OrthancPluginStorageAreaCreate(sdk(), use.get(), uuid.c_str(), content.data(), size,
                                          static_cast<OrthancPluginContentType>(type));
  }));
}

}  // namespace

void bind_storage_area(py::class_<StorageAreaObject>& bound) {
  bound.def("StorageAreaCreate", &create,
            "Create a file inside the storage area from the first size bytes of the content.");
}

}  // namespace orthanc_runtime
