// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// _orthanc_runtime: what the Python side of the master interpreter needs of the plugin.
#include <Python.h>

#include "bindings/dispatch.h"
#include "bindings/modules.h"
#include "dispatch/calls.h"
#include "runtime.h"

extern "C" PyObject* PyInit_orthanc();

PYBIND11_MODULE(_orthanc_runtime, module) {
  orthanc_runtime::bind_dispatch(module, [] {
    return std::shared_ptr<orthanc_runtime::Host>(
        std::make_shared<orthanc_runtime::SdkHost>(orthanc_runtime::runtime().http_threads));
  });
}

namespace orthanc_runtime {

void add_builtin_modules() {
  PyImport_AppendInittab("orthanc", &PyInit_orthanc);
  PyImport_AppendInittab("_orthanc_runtime", &PyInit__orthanc_runtime);
}

}  // namespace orthanc_runtime
