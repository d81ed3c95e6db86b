// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes that a callback has returned, as memory of the core: copied once, and without the GIL
// where they are many. `who` names the callback in the exceptions, all of which need the GIL.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

namespace orthanc_runtime {

/// Raises TypeError for what has no buffer, a str among others: nobody would know its encoding.
void require_buffer(pybind11::handle returned, const char* who);

/// Fills a buffer that the core will free.
void return_buffer(pybind11::handle returned, OrthancPluginMemoryBuffer64* target, const char* who);

/// The same for a smaller one; raises ValueError for 4 GiB and more.
void return_buffer(pybind11::handle returned, OrthancPluginMemoryBuffer* target, const char* who);

/// Fills a buffer that the core has allocated; raises ValueError unless it becomes full.
void fill_buffer(pybind11::handle returned, OrthancPluginMemoryBuffer64* target, const char* who);

}  // namespace orthanc_runtime
