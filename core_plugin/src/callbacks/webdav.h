// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// WebDAV collections of the script.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <vector>

namespace orthanc_runtime {

class WebDavCollections {
 public:
  /// `checked` is an orthanc_runtime.webdav.CheckedCollection. With the GIL.
  void add(const std::string& uri, pybind11::object checked);
  std::vector<std::string> uris() const;

 private:
  struct Collection {
    std::string uri;
    pybind11::object checked;
  };
  // The core knows their addresses.
  std::vector<std::unique_ptr<Collection>> collections_;
};

}  // namespace orthanc_runtime
