// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The dispatcher as Python sees it: in the plugin, and in the test extension.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "dispatch/pool.h"

namespace orthanc_runtime {

/// Raises the exception of orthanc_runtime.errors that names how a task ended, if it failed for a
/// reason of its own.
void raise_ending(const Outcome& outcome);

/// What the dispatcher's bindings need of where they are.
struct DispatchSurroundings {
  /// Called for every Pool.
  std::shared_ptr<Host> (*make_host)();
  /// An object of the SDK for the time of a call. Raises TypeError for any other.
  LentObject (*lend)(const pybind11::handle& object);
  /// A function is about to be called.
  void (*before_call)();
};

/// Adds Pool and Worker.
void bind_dispatch(pybind11::module_& module, const DispatchSurroundings& surroundings);

}  // namespace orthanc_runtime
