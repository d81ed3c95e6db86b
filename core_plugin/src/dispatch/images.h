// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// New images, for master and workers. Null where the core refuses; sizes have been checked before.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <cstdint>

namespace orthanc_runtime {

/// The core leaves there what was there before, which may be of another patient.
OrthancPluginImage* create_black_image(int32_t format, uint32_t width, uint32_t height);

/// With a copy of rows that begin `pitch` bytes after each other.
OrthancPluginImage* create_image_of(int32_t format, uint32_t width, uint32_t height, uint64_t pitch,
                                    const char* pixels);

/// Answers a REST request with these pixels, compressed; `quality` is for JPEG, 1 to 100.
OrthancPluginErrorCode answer_image(OrthancPluginRestOutput* output,
                                    OrthancPluginImageFormat compression, int32_t format,
                                    uint32_t width, uint32_t height, uint32_t pitch,
                                    const void* pixels, uint8_t quality);

}  // namespace orthanc_runtime
