// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Memory for large bodies. The kernel clears each page that it gives, which takes longer than what
// is done with the body: so the last pieces are kept for the next ones, a few at most, and given
// to the kernel for the case that it needs memory (MADV_FREE).
#pragma once

#include <cstddef>
#include <memory>

namespace orthanc_runtime {

/// At least `size` bytes, with whatever was in them. Throws bad_alloc.
std::shared_ptr<char[]> large_memory(size_t size);

}  // namespace orthanc_runtime
