// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Objects of the SDK among the arguments of an offloaded function.
#pragma once

#include <pybind11/pybind11.h>

#include "dispatch/lent_objects.h"

namespace orthanc_runtime {

/// For the time of a call; made and destroyed with the GIL. Raises TypeError for what a worker
/// cannot use, OrthancException where its callback has returned.
LentObject lend_object(const pybind11::handle& object);

/// Has orthanc_runtime.carried pickle them. After the classes are bound.
void bind_lending();

}  // namespace orthanc_runtime
