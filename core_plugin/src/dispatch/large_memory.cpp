// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/large_memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <mutex>
#include <new>
#include <vector>

#include "dispatch/huge_pages.h"

namespace orthanc_runtime {

namespace {

constexpr size_t kAlignment = size_t{2} << 20;  // of huge pages
constexpr size_t kLeast = 2 * kAlignment;       // what is smaller comes from the heap
constexpr size_t kKept = 2;
constexpr size_t kLargestKept = size_t{128} << 20;

struct Mapping {
  void* base = nullptr;
  size_t length = 0;
  char* begin = nullptr;
  size_t size = 0;
};

Mapping map(size_t size) {
  Mapping made;
  made.size = (size + kAlignment - 1) / kAlignment * kAlignment;
  made.length = made.size + kAlignment;
  made.base =
      mmap(nullptr, made.length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made.base == MAP_FAILED) {
    throw std::bad_alloc();
  }
  const auto address = reinterpret_cast<uintptr_t>(made.base);
  made.begin = static_cast<char*>(made.base) + (kAlignment - address % kAlignment) % kAlignment;
  prefer_huge_pages(made.begin, made.size);
  return made;
}

class Kept {
 public:
  /// The smallest that fits.
  bool take(size_t size, Mapping& found) {
    const std::lock_guard lock(mutex_);
    auto best = mappings_.end();
    for (auto mapping = mappings_.begin(); mapping != mappings_.end(); ++mapping) {
      if (mapping->size >= size && (best == mappings_.end() || mapping->size < best->size)) {
        best = mapping;
      }
    }
    if (best == mappings_.end()) {
      return false;
    }
    found = *best;
    mappings_.erase(best);
    return true;
  }

  void give(const Mapping& given) noexcept {
    Mapping dropped = given;
    if (given.size <= kLargestKept && madvise(given.begin, given.size, MADV_FREE) == 0) {
      const std::lock_guard lock(mutex_);
      dropped = {};
      if (mappings_.size() == kKept) {
        dropped = mappings_.front();
        mappings_.erase(mappings_.begin());
      }
      mappings_.push_back(given);  // has room: see the constructor
    }
    if (dropped.base != nullptr) {
      munmap(dropped.base, dropped.length);
    }
  }

  Kept() { mappings_.reserve(kKept); }

 private:
  std::mutex mutex_;
  std::vector<Mapping> mappings_;
};

// Never destroyed: threads of Orthanc may outlive static objects.
Kept& kept() {
  static auto* const instance = new Kept();
  return *instance;
}

}  // namespace

std::shared_ptr<char[]> large_memory(size_t size) {
  if (size < kLeast) {
    return std::shared_ptr<char[]>(new char[size]);
  }
  Mapping mapping;
  if (!kept().take(size, mapping)) {
    mapping = map(size);
  }
  return {mapping.begin, [mapping](const char* /*begin*/) { kept().give(mapping); }};
}

}  // namespace orthanc_runtime
