// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The SDK context of this start of the plugin, for every call into the Orthanc core.
#pragma once

#include <orthanc/OrthancCPlugin.h>

namespace orthanc_runtime {

OrthancPluginContext* sdk();
void set_sdk(OrthancPluginContext* context);

}  // namespace orthanc_runtime
