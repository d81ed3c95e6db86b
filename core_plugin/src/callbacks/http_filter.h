// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Whether Orthanc answers an HTTP request at all.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <atomic>
#include <string>

#include "callbacks/callback_list.h"
#include "callbacks/webdav_roots.h"

namespace orthanc_runtime {

/// The arguments that the core gives to a filter.
struct FilteredRequest {
  OrthancPluginHttpMethod method = OrthancPluginHttpMethod_Get;
  const char* uri = nullptr;
  const char* ip = nullptr;
  pybind11::dict headers;
  pybind11::dict get;
};

class HttpFilters {
 public:
  /// With the GIL. Once, before the HTTP server starts: registrations of routes need it, too.
  void register_with_core();

  /// With the GIL.
  void add(pybind11::object filter);
  void add_webdav_root(const std::string& uri);

  /// 0 forbidden, 1 allowed, -1 where a filter fails and no other one forbids: all filters run, in
  /// order. With the GIL.
  int32_t decide(const FilteredRequest& request) const;

  /// Without the GIL.
  bool has_python() const { return has_python_; }
  const WebDavRoots& webdav_roots() const { return webdav_roots_; }

 private:
  CallbackList filters_;
  WebDavRoots webdav_roots_;
  std::atomic<bool> has_python_{false};
};

}  // namespace orthanc_runtime
