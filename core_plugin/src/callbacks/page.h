// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The page in the browser, /python-runtime/app/: files of the Python package, kept in memory.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <map>
#include <string>

namespace orthanc_runtime {

class Page {
 public:
  /// Takes what orthanc_runtime.page_files has read, before the script is imported, and puts a
  /// button into Orthanc Explorer. With the GIL.
  void load();

  /// GET of a file; nothing but their exact names leads to one. Without the GIL.
  void answer(OrthancPluginRestOutput* output, const char* uri,
              const OrthancPluginHttpRequest& request, bool describe) const;

 private:
  struct File {
    std::string type;
    std::string etag;
    std::string body;
  };
  std::map<std::string, File> files_;
  std::string security_policy_;
};

}  // namespace orthanc_runtime
