// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace orthanc_runtime {

/// Of new memory for a large body, which nobody has written to yet: pages of 2 MiB, where the
/// kernel gives them on request. A fault for each 4 KiB costs more than the copy that causes it.
inline void prefer_huge_pages(void* memory, size_t size) noexcept {
  constexpr uintptr_t kHugePage = uintptr_t{2} << 20;
  if (size < 2 * kHugePage) {
    return;
  }
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t padding = (kHugePage - begin % kHugePage) % kHugePage;
  const uintptr_t whole = (size - padding) / kHugePage * kHugePage;
  // A refusal leaves the usual pages.
  madvise(static_cast<char*>(memory) + padding, whole, MADV_HUGEPAGE);
}

}  // namespace orthanc_runtime
