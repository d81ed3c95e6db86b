// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/webdav.h"

#include <pybind11/stl.h>

#include "bindings/arguments.h"
#include "bindings/conversions.h"
#include "bindings/registration.h"
#include "callbacks/call_python.h"

namespace orthanc_runtime {

namespace {

/// Where the core looks for a file or folder.
struct Place {
  uint32_t size;
  const char* const* items;
  void* payload;

  const py::object& collection() const { return *static_cast<py::object*>(payload); }

  py::tuple path() const {
    py::tuple path(size);
    for (uint32_t i = 0; i < size; ++i) {
      path[i] = copy_string(items[i]);
    }
    return path;
  }
};

template <class Body>
OrthancPluginErrorCode ask_collection(const Place& place, Body&& body) noexcept {
  return call_python("the WebDAV collection", [&] { body(place.collection(), place.path()); });
}

/// Unlike what their names say, the core takes 1 for done and 0 for refused.
OrthancPluginErrorCode change_collection(uint8_t* is_read_only, const Place& place,
                                         const char* method) noexcept {
  *is_read_only = 0;
  return ask_collection(place, [&](const py::object& collection, const py::tuple& path) {
    *is_read_only = collection.attr(method)(path).cast<bool>() ? 1 : 0;
  });
}

OrthancPluginErrorCode is_existing_folder(uint8_t* is_existing, uint32_t size,
                                          const char* const* items, void* payload) noexcept {
  *is_existing = 0;
  return ask_collection(
      {size, items, payload}, [&](const py::object& collection, const py::tuple& path) {
        *is_existing = collection.attr("is_existing_folder")(path).cast<bool>() ? 1 : 0;
      });
}

uint64_t file_size(const py::object& size) {
  if (!size.is_none()) {
    return size.cast<uint64_t>();
  }
#ifdef ORTHANC_PLUGINS_WEBDAV_UNKNOWN_FILE_SIZE
  if (OrthancPluginCheckVersionAdvanced(sdk(), 1, 12, 11) != 0) {
    return ORTHANC_PLUGINS_WEBDAV_UNKNOWN_FILE_SIZE;
  }
#endif
  throw py::value_error("a File of unknown size needs SDK and Orthanc 1.12.11");
}

OrthancPluginErrorCode list_folder(uint8_t* is_existing, OrthancPluginWebDavCollection* target,
                                   OrthancPluginWebDavAddFile add_file,
                                   OrthancPluginWebDavAddFolder add_folder, uint32_t size,
                                   const char* const* items, void* payload) noexcept {
  *is_existing = 0;
  return ask_collection(
      {size, items, payload}, [&](const py::object& collection, const py::tuple& path) {
        const py::object entries = collection.attr("list_folder")(path);
        if (entries.is_none()) {
          return;
        }
        *is_existing = 1;
        for (const py::handle listed : entries) {
          const auto entry = py::cast<py::tuple>(listed);
          const Text name(entry[0]);
          const Text mime_type(entry[3]);
          const Text time(entry[4]);
          check(entry[1].cast<bool>() ? add_file(target, name.c_str(), file_size(entry[2]),
                                                 mime_type.c_str(), time.c_str())
                                      : add_folder(target, name.c_str(), time.c_str()));
        }
      });
}

OrthancPluginErrorCode retrieve_file(OrthancPluginWebDavCollection* target,
                                     OrthancPluginWebDavRetrieveFile retrieve, uint32_t size,
                                     const char* const* items, void* payload) noexcept {
  return ask_collection({size, items, payload}, [&](const py::object& collection,
                                                    const py::tuple& path) {
    const py::object content = collection.attr("retrieve_file")(path);
    if (content.is_none()) {
      return;
    }
    const auto parts = content.cast<py::tuple>();
    if (!Bytes64::accepts(parts[0])) {
      throw py::type_error(std::string("RetrieveFile returns str, bytes, Content or None, not ") +
                           Py_TYPE(py::object(parts[0]).ptr())->tp_name);
    }
    const Bytes64 data(parts[0]);
    const Text mime_type(parts[1]);
    const Text time(parts[2]);
    check(call_sdk([&] {
      return retrieve(target, data.data(), data.size(), mime_type.c_str(), time.c_str());
    }));
  });
}

OrthancPluginErrorCode store_file(uint8_t* is_read_only, uint32_t size, const char* const* items,
                                  const void* data, uint64_t data_size, void* payload) noexcept {
  *is_read_only = 0;
  return ask_collection(
      {size, items, payload}, [&](const py::object& collection, const py::tuple& path) {
        const py::object stored = collection.attr("store_file")(path, copy_bytes(data, data_size));
        *is_read_only = stored.cast<bool>() ? 1 : 0;
      });
}

OrthancPluginErrorCode create_folder(uint8_t* is_read_only, uint32_t size, const char* const* items,
                                     void* payload) noexcept {
  return change_collection(is_read_only, {size, items, payload}, "create_folder");
}

OrthancPluginErrorCode delete_item(uint8_t* is_read_only, uint32_t size, const char* const* items,
                                   void* payload) noexcept {
  return change_collection(is_read_only, {size, items, payload}, "delete_item");
}

void register_collection(const Text& uri, const py::object& collection) {
  if (runtime().routes.is_late()) {
    PyErr_SetString(PyExc_RuntimeError,
                    "RegisterWebDavCollection works only while the script is imported: Orthanc "
                    "looks for collections once, when it starts");
    throw py::error_already_set();
  }
  WebDavCollections& collections = runtime().webdav;
  const py::module_ checks = py::module_::import("orthanc_runtime.webdav");
  const py::object free_uri =
      checks.attr("collection_uri")(copy_string(uri.c_str()), collections.uris());
  collections.add(free_uri.cast<std::string>(), checks.attr("CheckedCollection")(collection));
}

}  // namespace

std::vector<std::string> WebDavCollections::uris() const {
  std::vector<std::string> uris;
  for (const auto& collection : collections_) {
    uris.push_back(collection->uri);
  }
  return uris;
}

void WebDavCollections::add(const std::string& uri, py::object checked) {
  collections_.push_back(std::make_unique<Collection>(Collection{uri, std::move(checked)}));
  Collection& added = *collections_.back();
  check(call_sdk([&] {
    return OrthancPluginRegisterWebDavCollection(sdk(), added.uri.c_str(), &is_existing_folder,
                                                 &list_folder, &retrieve_file, &store_file,
                                                 &create_folder, &delete_item, &added.checked);
  }));
  runtime().http_filters.add_webdav_root(added.uri);
}

void bind_webdav(py::module_& module) {
  module.def(
      "RegisterWebDavCollection", &register_collection,
      "RegisterWebDavCollection(uri, collection)\n\n"
      "Serves a WebDAV folder at the URI; orthanc_runtime.webdav says what a collection is.");
}

}  // namespace orthanc_runtime
