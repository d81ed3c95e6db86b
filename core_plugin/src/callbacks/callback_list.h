// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Python functions that a script has registered for one kind of event.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <utility>
#include <vector>

namespace orthanc_runtime {

/// Raises TypeError unless `callback` can be called.
void require_callable(const pybind11::handle& callback, const char* function);

/// Raises TypeError, with this reason, where `callback` is offloaded.
void refuse_offloaded(const pybind11::handle& callback, const char* function, const char* reason);

/// The core calls `callback` within requests; where it is offloaded, workers must not wait for such
/// a request over HTTP: it could wait for a worker.
void note_callback(const pybind11::handle& callback);

/// "script.py:12", the line of the script that is running. With the GIL.
std::string calling_place();

/// Several callbacks, which all run, in the order of their registration. Guarded by the GIL.
class CallbackList {
 public:
  /// `register_with_core` is called for the first one; where it throws, nothing is kept.
  template <class Register>
  void add(pybind11::object callback, const Register& register_with_core) {
    if (!std::exchange(is_registered_, true)) {
      try {
        register_with_core();
      } catch (...) {
        is_registered_ = false;
        throw;
      }
    }
    add(std::move(callback));
  }

  /// Where the core knows of the list anyway.
  void add(pybind11::object callback) {
    note_callback(callback);
    callbacks_.push_back(std::move(callback));
  }

  /// A copy: a callback may register another one while this list is being called.
  std::vector<pybind11::object> present() const { return callbacks_; }
  bool empty() const { return callbacks_.empty(); }

 private:
  std::vector<pybind11::object> callbacks_;
  bool is_registered_ = false;
};

/// The place where an event is decided, by one registration alone. Guarded by the GIL.
class SingleRegistration {
 public:
  /// `kind` as in "Only one find callback can be registered".
  explicit SingleRegistration(const char* kind) : kind_(kind) {}

  /// Raises RuntimeError, which names both places, where there is one already.
  void claim();

 private:
  const char* const kind_;
  std::string place_;
};

}  // namespace orthanc_runtime
