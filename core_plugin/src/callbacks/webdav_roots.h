// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps out the requests for a WebDAV collection that would end Orthanc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace orthanc_runtime {

/// Orthanc reads the last name in the path of a file without asking whether there is one: GET or
/// HEAD of the collection itself ends the process. Filters see GET, HEAD, OPTIONS and PROPFIND
/// alike as GET, but WebDAV clients can be told from browsers.
class WebDavRoots {
 public:
  /// Before Orthanc's HTTP server starts: readers take no lock.
  void add(const std::string& uri) { uris_.push_back(uri); }

  /// For what a filter sees as GET; says so in the log.
  bool refuses(const std::string& uri, uint32_t headers_count, const char* const* headers_keys,
               const char* const* headers_values) const;

 private:
  std::vector<std::string> uris_;
};

}  // namespace orthanc_runtime
