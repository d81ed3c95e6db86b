// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Images of Orthanc with the pixels of an object of Python.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

namespace orthanc_runtime {

/// A copy of an orthanc.Image, or of an array of rows, columns and, for colors, channels: uint8,
/// uint16, int16, uint32, uint64 or float32 in one channel, uint8 in three or four, uint16 in
/// three. Raises TypeError for what is neither, ValueError for another array; `who` has made it.
OrthancPluginImage* copy_to_image(pybind11::handle pixels, const char* who);

}  // namespace orthanc_runtime
