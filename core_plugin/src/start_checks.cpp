// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "start_checks.h"

#include <link.h>

#include <filesystem>

namespace orthanc_runtime {

namespace {

namespace fs = std::filesystem;

bool is_reference_plugin(const fs::path& path) {
  return path.filename().string().rfind("libOrthancPython.so", 0) == 0;
}

std::string loaded_reference_plugin() {
  std::string found;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t /*size*/, void* result) {
        if (info->dlpi_name != nullptr && is_reference_plugin(info->dlpi_name)) {
          *static_cast<std::string*>(result) = info->dlpi_name;
          return 1;
        }
        return 0;
      },
      &found);
  return found;
}

/// As the core does: a file, or every library of a folder.
std::string in_plugins(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    return is_reference_plugin(path) ? path.string() : std::string();
  }
  for (const auto& entry : fs::directory_iterator(path, ignored)) {
    if (is_reference_plugin(entry.path())) {
      return entry.path().string();
    }
  }
  return {};
}

}  // namespace

std::string find_reference_plugin(const nlohmann::json& configuration) {
  std::string loaded = loaded_reference_plugin();
  const auto plugins = configuration.find("Plugins");
  if (!loaded.empty() || plugins == configuration.end() || !plugins->is_array()) {
    return loaded;
  }
  for (const auto& plugin : *plugins) {
    std::string found = plugin.is_string() ? in_plugins(plugin.get<std::string>()) : "";
    if (!found.empty()) {
      return found;
    }
  }
  return {};
}

}  // namespace orthanc_runtime
