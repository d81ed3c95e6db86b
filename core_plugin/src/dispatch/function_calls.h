// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Calls of offloaded functions, from Orthanc's own interpreter and from workers of another pool.
#pragma once

#include <string>

#include "dispatch/pools.h"

namespace orthanc_runtime {

/// Label, handler and head of a task that calls this function.
void set_function(Task& task, const std::string& address);

/// Of orthanc_runtime.errors, where it is no failure of the function itself; else null.
const char* error_class(Ending ending);

/// Serves a CALL of a worker: `[name, pool, address, timeout or nil, idempotent, cancellable,
/// concurrency]`, body as of a TASK. The value of the reply is `[error class, message, head of
/// FAILED or nil]`, its body that of DONE or FAILED. Throws ProtocolError.
CallReply call_function(const Pools& pools, const Json& head, std::string_view body);

}  // namespace orthanc_runtime
