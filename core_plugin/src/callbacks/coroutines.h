// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Handlers that are coroutines (async def).
#pragma once

#include <pybind11/pybind11.h>

namespace orthanc_runtime {

class Runtime;

/// What a handler has returned: where that is a coroutine, waits for its end, without the GIL.
/// Raises what it raises, and CoroutineCancelled where the stop of Orthanc comes first.
void finish_coroutine(const Runtime& now, const pybind11::object& returned);

}  // namespace orthanc_runtime
