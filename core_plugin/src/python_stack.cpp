// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "python_stack.h"

#include <Python.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstdint>
#include <mutex>
#include <new>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace orthanc_runtime::python_stack_detail {

namespace {

constexpr size_t kStackSize = size_t{8} * 1024 * 1024;
// What most handlers touch stays mapped; deeper pages go back to the system now and then.
constexpr size_t kKeptSize = size_t{256} * 1024;
constexpr unsigned kUsesBetweenTrims = 64;
constexpr size_t kPooledStacks = 64;

class Stack {
 public:
  Stack() : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    void* mapped = mmap(nullptr, page_ + kStackSize, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapped == MAP_FAILED) {
      throw std::bad_alloc();
    }
    mapped_ = static_cast<char*>(mapped);
    mprotect(mapped_, page_, PROT_NONE);
  }
  ~Stack() { munmap(mapped_, page_ + kStackSize); }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  char* bottom() const { return mapped_ + page_; }

  void trim_now_and_then() {
    if (++uses_ % kUsesBetweenTrims == 0) {
      madvise(bottom(), kStackSize - kKeptSize, MADV_DONTNEED);
    }
  }

 private:
  const size_t page_;
  char* mapped_ = nullptr;
  unsigned uses_ = 0;
};

class StackPool {
 public:
  std::unique_ptr<Stack> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto stack = std::move(free_.back());
        free_.pop_back();
        return stack;
      }
    }
    return std::make_unique<Stack>();
  }

  void give(std::unique_ptr<Stack> stack) {
    stack->trim_now_and_then();
    const std::lock_guard lock(mutex_);
    if (free_.size() < kPooledStacks) {
      free_.push_back(std::move(stack));
    }
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Stack>> free_;
};

StackPool& pool() {
  // Never destroyed: threads of the core may still be in Python at exit.
  static auto* stacks = new StackPool;
  return *stacks;
}

thread_local bool on_pooled_stack = false;

struct Switch {
  ucontext_t caller;
  ucontext_t callee;
  Stack* stack;
  void (*function)(void*) noexcept;
  void* context;
#if defined(__SANITIZE_ADDRESS__)
  const void* caller_bottom;
  size_t caller_size;
#endif
};

/// The state that Python keeps for a thread of the core, made once and kept for the thread's life:
/// a new one for each request would cost more than a simple handler.
class KeptThreadState {
 public:
  KeptThreadState() = default;
  ~KeptThreadState() {
    if (state_ != nullptr) {
      PyEval_RestoreThread(state_);
      PyGILState_Release(before_);
    }
  }
  KeptThreadState(const KeptThreadState&) = delete;
  KeptThreadState& operator=(const KeptThreadState&) = delete;

  /// False for a thread that Python has started: its state is not ours to keep.
  bool enter() {
    if (state_ != nullptr) {
      PyEval_RestoreThread(state_);
      return true;
    }
    if (PyGILState_GetThisThreadState() != nullptr) {
      return false;
    }
    before_ = PyGILState_Ensure();
    state_ = PyThreadState_Get();
    return true;
  }

 private:
  PyThreadState* state_ = nullptr;
  PyGILState_STATE before_ = PyGILState_UNLOCKED;
};

class Gil {
 public:
  Gil() : kept_(of_this_thread().enter()) {
    if (!kept_) {
      before_ = PyGILState_Ensure();
    }
  }
  ~Gil() {
    if (kept_) {
      PyEval_SaveThread();
    } else {
      PyGILState_Release(before_);
    }
  }
  Gil(const Gil&) = delete;
  Gil& operator=(const Gil&) = delete;

 private:
  static KeptThreadState& of_this_thread() {
    thread_local KeptThreadState state;
    return state;
  }

  const bool kept_;
  PyGILState_STATE before_ = PyGILState_UNLOCKED;
};

void run_with_gil(void (*function)(void*) noexcept, void* context, [[maybe_unused]] Stack* stack) {
  const Gil gil;
#if PY_VERSION_HEX >= 0x030E0100
  // A nested entry keeps the bounds that the outer one has set.
  if (stack != nullptr) {
    PyUnstable_ThreadState_SetStackProtection(PyThreadState_Get(), stack->bottom(), kStackSize);
  }
#endif
  function(context);
#if PY_VERSION_HEX >= 0x030E0100
  if (stack != nullptr) {
    PyUnstable_ThreadState_ResetStackProtection(PyThreadState_Get());
  }
#endif
}

// makecontext() passes ints only, so the pointer travels in two halves.
void entry(unsigned high, unsigned low) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  auto* now = reinterpret_cast<Switch*>((static_cast<uintptr_t>(high) << 32U) | low);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &now->caller_bottom, &now->caller_size);
#endif
  run_with_gil(now->function, now->context, now->stack);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(nullptr, now->caller_bottom, now->caller_size);
#endif
}

}  // namespace

void run_on_pooled_stack(void (*function)(void*) noexcept, void* context) {
  if (on_pooled_stack) {
    run_with_gil(function, context, nullptr);
    return;
  }
  std::unique_ptr<Stack> stack = pool().take();
  Switch now{};
  now.stack = stack.get();
  now.function = function;
  now.context = context;
  getcontext(&now.callee);
  now.callee.uc_stack.ss_sp = stack->bottom();
  now.callee.uc_stack.ss_size = kStackSize;
  now.callee.uc_link = &now.caller;
  const auto address = reinterpret_cast<uintptr_t>(&now);
  makecontext(&now.callee, reinterpret_cast<void (*)()>(&entry), 2,
              static_cast<unsigned>(address >> 32U), static_cast<unsigned>(address));
  on_pooled_stack = true;
#if defined(__SANITIZE_ADDRESS__)
  void* fake = nullptr;
  __sanitizer_start_switch_fiber(&fake, stack->bottom(), kStackSize);
#endif
  swapcontext(&now.caller, &now.callee);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#endif
  on_pooled_stack = false;
  pool().give(std::move(stack));
}

}  // namespace orthanc_runtime::python_stack_detail
