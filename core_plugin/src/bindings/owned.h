// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// New references of the C API.
#pragma once

#include <pybind11/pybind11.h>

namespace orthanc_runtime {

/// Throws error_already_set where there is none.
inline pybind11::object owned(PyObject* object) {
  if (object == nullptr) {
    throw pybind11::error_already_set();
  }
  return pybind11::reinterpret_steal<pybind11::object>(object);
}

}  // namespace orthanc_runtime
