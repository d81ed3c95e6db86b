// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one guard through which threads of the core enter Python.
//
// Orthanc's HTTP threads have a C stack of 100 KB, on which Python code can overflow at the will
// of a client. The guard runs its function on a pooled stack of 8 MiB with a guard page, with the
// GIL held.
#pragma once

#include <exception>
#include <memory>
#include <type_traits>

namespace orthanc_runtime {

namespace python_stack_detail {
/// Calls `function(context)` on a pooled stack, or where the thread is on one already, there.
void run_on_pooled_stack(void (*function)(void*) noexcept, void* context);
}  // namespace python_stack_detail

/// Runs `function` with the GIL on a stack that Python can use; exceptions come through.
/// Throws std::bad_alloc where no stack can be mapped.
template <class Function>
void enter_python(Function&& function) {
  struct Context {
    std::remove_reference_t<Function>* function;
    std::exception_ptr error;
  } context{&function, nullptr};
  python_stack_detail::run_on_pooled_stack(
      [](void* raw) noexcept {
        auto* inner = static_cast<Context*>(raw);
        try {
          (*inner->function)();
        } catch (...) {
          inner->error = std::current_exception();
        }
      },
      &context);
  if (context.error) {
    std::rethrow_exception(context.error);
  }
}

}  // namespace orthanc_runtime
