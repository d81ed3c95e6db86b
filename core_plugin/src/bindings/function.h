// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// An offloaded function, as Orthanc's own interpreter calls it.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <string>

#include "bindings/dispatch.h"
#include "bindings/plain_pickle.h"

namespace orthanc_runtime {

class Function {
 public:
  /// What each call of it has in common; the default of the pool without `timeout`.
  struct Terms {
    std::string address;
    std::optional<double> timeout;
    bool idempotent;
    bool cancellable;
    size_t concurrency;
  };

  Function(std::shared_ptr<Pool> pool, Terms terms, const DispatchSurroundings& surroundings);

  /// A tuple with the result, or None where an argument is not plain or not short. Throws
  /// error_already_set, with what the function has raised, too.
  pybind11::object call_plain(const pybind11::tuple& arguments, bool background) const;

  /// The result of any arguments, from and to bodies: `buffers` together are one.
  pybind11::object call(bool background, const pybind11::list& buffers,
                        const pybind11::sequence& lent) const;

 private:
  Outcome run(Task& task, bool background) const;

  const std::shared_ptr<Pool> pool_;
  const Terms terms_;
  const DispatchSurroundings surroundings_;
  const PlainPickle pickle_;
};

/// Adds Function.
void bind_function(pybind11::module_& module);

}  // namespace orthanc_runtime
