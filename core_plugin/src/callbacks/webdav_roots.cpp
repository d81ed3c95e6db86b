// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/webdav_roots.h"

#include <strings.h>

#include <algorithm>
#include <cctype>

#include "dispatch/log_writer.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

/// What is in the User-Agent of programs that send OPTIONS before they look into a collection:
/// neon (cadaver, davfs2), GNOME, KDE, macOS (WebDAVFS), Windows (WebDAV-MiniRedir), Office.
constexpr const char* kWebDavClients[] = {"dav",     "neon",
                                          "gvfs",    "dolphin",
                                          "kio/",    "microsoft data access",
                                          "minired", "microsoft office"};

bool is_webdav_client(std::string user_agent) {
  std::transform(user_agent.begin(), user_agent.end(), user_agent.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  return std::any_of(std::begin(kWebDavClients), std::end(kWebDavClients),
                     [&](const char* name) { return user_agent.find(name) != std::string::npos; });
}

}  // namespace

bool WebDavRoots::refuses(const std::string& uri, uint32_t headers_count,
                          const char* const* headers_keys,
                          const char* const* headers_values) const {
  const std::string root = uri.substr(0, uri.find_last_not_of('/') + 1);
  if (std::find(uris_.begin(), uris_.end(), root) == uris_.end()) {
    return false;
  }
  for (uint32_t i = 0; i < headers_count; ++i) {
    // PROPFIND has a depth
    if (strcasecmp(headers_keys[i], "depth") == 0 ||
        (strcasecmp(headers_keys[i], "user-agent") == 0 && is_webdav_client(headers_values[i]))) {
      return false;
    }
  }
  write_log({LogCode::WebdavRefused,
             root + " is a WebDAV collection, but the client seems to be none of WebDAV, by its "
                    "User-Agent: refused, as reading a collection like a file ends Orthanc"});
  return true;
}

}  // namespace orthanc_runtime
