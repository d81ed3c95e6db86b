// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The usual bodies of calls: short values of the plain types, in the form that has a pickle and
// nothing beside it; orthanc_runtime/payload.py draws it, and knows all others.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <string_view>

namespace orthanc_runtime {

constexpr uint32_t kCallFormat = 2;

class PlainPickle {
 public:
  PlainPickle();

  /// Whether `dump` takes it.
  static bool takes(PyObject* value);

  /// The body. Throws error_already_set.
  pybind11::bytes dump(PyObject* value) const;

  /// Of an array of values, and no keywords.
  pybind11::bytes dump_call(PyObject* arguments) const;

  /// What a body is read as; null where it has another form. Throws error_already_set, with
  /// NotTransferable about `what` where the pickle cannot be read here.
  pybind11::object load(std::string_view body, const char* what) const;

 private:
  pybind11::object dumps_;
  pybind11::object loads_;
  pybind11::object protocol_;
};

}  // namespace orthanc_runtime
