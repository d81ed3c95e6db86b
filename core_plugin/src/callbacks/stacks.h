// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Python stacks of Orthanc and of all workers.
#pragma once

#include <string>

#include "runtime.h"

namespace orthanc_runtime {

/// Finds the way to the stacks of the master. Once, with the GIL.
void prepare_master_stacks();

/// Text for people; takes at most about three seconds, whatever the processes do.
std::string stacks_report(const Runtime& now);

}  // namespace orthanc_runtime
