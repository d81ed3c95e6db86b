// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where Orthanc keeps its files, in place of its StorageDirectory.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

/// The storage area of the script, of which there is one at most. All of it needs the GIL.
class StorageArea {
 public:
  struct Callbacks {
    pybind11::object create;
    pybind11::object read_whole;  // null with custom data
    pybind11::object read_range;  // null where the core shall read whole files
    pybind11::object remove;
  };

  /// Takes the callbacks for those of `function`, which the caller registers with the core then.
  /// Raises RuntimeError where there is a storage area already, OrthancException once the script
  /// has been imported: from then on the core would not look at it.
  void claim(const char* function, Callbacks callbacks);

  const Callbacks& callbacks() const { return callbacks_; }

 private:
  SingleRegistration registration_{"storage area"};
  Callbacks callbacks_;
};

}  // namespace orthanc_runtime
