// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The modules that are built into the master interpreter.
#pragma once

namespace orthanc_runtime {

/// Makes `orthanc` and `_orthanc_runtime` importable; before the interpreter starts.
void add_builtin_modules();

}  // namespace orthanc_runtime
