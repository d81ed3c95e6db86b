// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What has to be right around the plugin before it starts.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace orthanc_runtime {

/// The path of the reference plugin if it is loaded or about to be: two plugins cannot embed
/// Python in one process. Empty otherwise.
std::string find_reference_plugin(const nlohmann::json& configuration);

}  // namespace orthanc_runtime
