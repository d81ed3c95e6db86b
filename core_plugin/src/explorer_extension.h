// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// JavaScript in Orthanc Explorer. The core keeps one piece per plugin, the last one; here it is
// ours, and after it that of the script.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <string>

namespace orthanc_runtime {

/// Sets ours, without any of a script.
void extend_explorer(const std::string& javascript);

/// In place of the core's function, where the parameters set the piece of this plugin.
bool extends_explorer(_OrthancPluginService service, const void* parameters,
                      OrthancPluginErrorCode* result);

}  // namespace orthanc_runtime
