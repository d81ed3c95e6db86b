// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The pixel formats of the SDK in terms of Python's buffers.
#pragma once

#include <cstdint>

namespace orthanc_runtime {

struct PixelLayout {
  /// of one channel, as in Python's module struct
  const char* item_format;
  std::uint32_t item_size;
  std::uint32_t channels;
};

/// Raises ValueError for what is no format of the SDK.
PixelLayout pixel_layout(std::int32_t format);

}  // namespace orthanc_runtime
