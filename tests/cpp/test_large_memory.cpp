// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

#include "dispatch/large_memory.h"

using namespace orthanc_runtime;

namespace {

constexpr size_t kMebibyte = size_t{1} << 20;

bool is_mapped(const void* address) {
  FILE* const maps = fopen("/proc/self/maps", "r");
  REQUIRE(maps != nullptr);
  unsigned long begin = 0;
  unsigned long end = 0;
  bool found = false;
  while (!found && fscanf(maps, "%lx-%lx%*[^\n]\n", &begin, &end) == 2) {
    const auto number = reinterpret_cast<unsigned long>(address);
    found = begin <= number && number < end;
  }
  fclose(maps);
  return found;
}

}  // namespace

TEST_CASE("all of it can be written, whatever its size") {
  for (const size_t size : {size_t{0}, size_t{1}, kMebibyte, 4 * kMebibyte, 5 * kMebibyte + 1}) {
    const std::shared_ptr<char[]> memory = large_memory(size);
    std::memset(memory.get(), 1, size);
  }
}

TEST_CASE("a piece is used again by what fits into it, one at a time") {
  std::shared_ptr<char[]> first = large_memory(40 * kMebibyte);
  char* const where = first.get();
  first.reset();
  const std::shared_ptr<char[]> second = large_memory(39 * kMebibyte);
  CHECK(second.get() == where);
  CHECK(large_memory(39 * kMebibyte).get() != where);
}

TEST_CASE("few pieces are kept, and none that is very large") {
  std::vector<const void*> seen;
  {
    std::vector<std::shared_ptr<char[]>> held;
    for (int i = 0; i < 5; ++i) {
      held.push_back(large_memory(60 * kMebibyte));
      seen.push_back(held.back().get());
    }
  }
  int mapped = 0;
  for (const void* piece : seen) {
    mapped += is_mapped(piece) ? 1 : 0;
  }
  CHECK(mapped == 2);
  const void* const large = large_memory(200 * kMebibyte).get();
  CHECK_FALSE(is_mapped(large));
}

TEST_CASE("what cannot be had is said so") {
  CHECK_THROWS_AS(large_memory(size_t{1} << 60U), std::bad_alloc);
}

TEST_CASE("threads never share a piece") {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (char i = 0; i < 4; ++i) {
    threads.emplace_back([i, &wrong] {
      for (int round = 0; round < 20; ++round) {
        const size_t size = (4 + static_cast<size_t>(round) % 5) * kMebibyte;
        const std::shared_ptr<char[]> memory = large_memory(size);
        memory[0] = memory[size - 1] = i;
        std::this_thread::yield();
        wrong += memory[0] != i || memory[size - 1] != i ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(wrong == 0);
}
