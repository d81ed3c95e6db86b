// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// REST routes registered while Orthanc runs.
#pragma once

#include <functional>
#include <memory>

#include "gate.h"

namespace orthanc_runtime {

/// The core lets REST callbacks run under a shared lock and registers under the exclusive one, so
/// that a registration from within a callback waits for itself, and a request that a callback
/// makes waits behind the registration. So a thread of ours registers, while no callback runs and
/// the core looks for no route.
class LateRegistrations {
 public:
  explicit LateRegistrations(Gate& gate);
  ~LateRegistrations();
  LateRegistrations(const LateRegistrations&) = delete;
  LateRegistrations& operator=(const LateRegistrations&) = delete;

  /// Runs `registration` as soon as no callback is running.
  void add(std::function<void()> registration);

  /// Drops what is left. Does not wait for the core.
  void stop();

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace orthanc_runtime
