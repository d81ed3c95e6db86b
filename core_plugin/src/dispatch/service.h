// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// CALL and LOG frames of a worker: the parts that lanes and service sockets share, and the
// thread that serves a worker's calls where no task runs.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dispatch/channel.h"
#include "dispatch/host.h"

namespace orthanc_runtime {

/// Runs a call, with what has to be around it.
using AroundCall = std::function<void(const std::function<void()>& call)>;

/// Serves a CALL and sends its REPLY; `lent` is what its task may use. The frame's views are
/// invalid afterwards.
void reply_to_call(Host& host, WorkerProcess& process, Channel& channel, const Frame& frame,
                   const Deadline& deadline, const LentObjects* lent = nullptr,
                   const AroundCall& around = nullptr);

/// Drops the objects that a FREE frame names. Throws ProtocolError.
void free_handles(WorkerProcess& process, const Frame& frame);

/// Writes a LOG frame to the host's log. Throws ProtocolError.
void log_from_worker(Host& host, const WorkerProcess& process, const Frame& frame);

/// True for `[type, message, traceback, error code or nil]`.
bool is_failure_head(const Json& head);

/// Serves the service socket in the calling thread until the worker is gone.
void serve_service_socket(Host& host, Channel& channel, WorkerProcess& process,
                          bool of_default_pool);

/// Whether the calling thread does so, and then, for a worker of the default pool.
std::optional<bool> service_here();

}  // namespace orthanc_runtime
