// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a handler is called with, from the TASK frame of a REST request.
#pragma once

#include <pybind11/pybind11.h>

namespace orthanc_runtime {

/// Lives no longer than the head of the frame, which has the address and the URI.
struct RestRequest {
  /// Throws ProtocolError where the head is not that of a REST request.
  RestRequest(PyObject* head, PyObject* body);

  PyObject* address;
  PyObject* uri;
  pybind11::object keywords;
};

}  // namespace orthanc_runtime
