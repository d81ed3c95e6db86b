// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/dicom_server_callback.h"

#include <string>

#include "runtime.h"

namespace py = pybind11;

namespace orthanc_runtime {

void require_import(const char* function) {
  if (runtime().routes.is_late()) {
    PyErr_SetString(PyExc_RuntimeError,
                    (std::string(function) +
                     " works only while the script is imported: Orthanc looks for the callback "
                     "once, when its DICOM server starts")
                        .c_str());
    throw py::error_already_set();
  }
}

void DicomServerCallback::claim(const char* function, const py::object& callback) {
  require_callable(callback, function);
  note_callback(callback);
  require_import(function);
  registration_.claim();
  callback_ = callback;
}

}  // namespace orthanc_runtime
