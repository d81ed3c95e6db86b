// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The usual bodies of calls: short values of the plain types, in the form that has a pickle and
// nothing beside it; orthanc_runtime/payload.py draws it, and knows all others. To make a pickler
// for each of them takes longer than the rest of it, so they are written and read here.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orthanc_runtime {

constexpr uint32_t kCallFormat = 2;

class PlainPickle {
 public:
  PlainPickle();

  /// The body with a value; null where that is not plain or not short.
  static pybind11::object dump(PyObject* value);

  /// The same with a tuple of arguments and no keywords.
  static std::optional<std::string> dump_call(PyObject* arguments);

  /// The tuple of arguments of what `dump_call` has written; null for any other body.
  static pybind11::object load_arguments(std::string_view body);

  /// What a body is read as; null where there is something beside its pickle. Throws
  /// error_already_set, with NotTransferable about `what` where the pickle cannot be read here.
  pybind11::object load(std::string_view body, const char* what) const;

 private:
  pybind11::object loads_;
};

}  // namespace orthanc_runtime
