// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Whether an image that somebody describes lies within its memory. The core takes it at its word.
#pragma once

#include <cstdint>
#include <string>

namespace orthanc_runtime {

/// 0 for what is no format of the SDK.
uint32_t bytes_per_pixel(int32_t format);

/// What is wrong with an image of these dimensions, empty if nothing is. `pitch` is the number of
/// bytes from one row to the next. The core computes sizes in 32 bits, beyond which they overflow.
std::string image_problem(int32_t format, uint64_t width, uint64_t height, uint64_t pitch);

/// The same for one in a buffer of `length` bytes.
std::string pixels_problem(int32_t format, uint64_t width, uint64_t height, uint64_t pitch,
                           uint64_t length);

}  // namespace orthanc_runtime
