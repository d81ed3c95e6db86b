// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What operators ask for: /python-runtime/... and our part of /tools/metrics-prometheus.
#pragma once

namespace orthanc_runtime {

/// Registers routes and metrics with the core, before the script can take their place.
void register_operations();

/// Called by the core before it shows its metrics.
void refresh_pool_metrics() noexcept;

}  // namespace orthanc_runtime
