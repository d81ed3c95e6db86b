// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Whether Orthanc answers an HTTP request at all.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

/// The arguments that the core gives to a filter.
struct FilteredRequest {
  OrthancPluginHttpMethod method;
  const char* uri;
  const char* ip;
  pybind11::dict headers;
  pybind11::dict get;
};

class HttpFilters {
 public:
  /// With the GIL. The first one registers with the core.
  void add(pybind11::object filter);

  /// 0 forbidden, 1 allowed, -1 where a filter fails and no other one forbids: all filters run, in
  /// order. With the GIL.
  int32_t decide(const FilteredRequest& request) const;

 private:
  CallbackList filters_;
};

}  // namespace orthanc_runtime
