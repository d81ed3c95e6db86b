// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// _orthanc_runtime: what the Python side of the master interpreter needs of the plugin.
#include <Python.h>

#include "bindings/dispatch.h"
#include "bindings/lending.h"
#include "bindings/modules.h"
#include "dispatch/calls.h"
#include "dispatch/log_writer.h"
#include "runtime.h"

extern "C" PyObject* PyInit_orthanc();

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

void bind_log(py::module_& module) {
  module.def(
      "log",
      [](int code, const py::bytes& message, int worker, const std::string& handler) {
        LogLine line(static_cast<LogCode>(code), message);
        line.worker = worker;
        line.handler = handler;
        const py::gil_scoped_release released;
        write_log(line);
      },
      py::arg("code"), py::arg("message"), py::arg("worker"), py::arg("handler"),
      "One of our lines, a value of LogCode; the pid 0 and the address \"\" are none.");
}

}  // namespace

}  // namespace orthanc_runtime

PYBIND11_MODULE(_orthanc_runtime, module) {
  orthanc_runtime::bind_dispatch(
      module,
      {[] {
         return std::shared_ptr<orthanc_runtime::Host>(std::make_shared<orthanc_runtime::SdkHost>(
             orthanc_runtime::runtime().http_threads,
             [] { return orthanc_runtime::runtime().pools(); }));
       },
       &orthanc_runtime::lend_object,
       // as note_callback, for callbacks that call an offloaded function
       [] {
         if (orthanc_runtime::HttpThreads::InCallback::here()) {
           orthanc_runtime::runtime().http_threads->leave_to_clients();
         }
       }});
  orthanc_runtime::bind_log(module);
}

namespace orthanc_runtime {

void add_builtin_modules() {
  PyImport_AppendInittab("orthanc", &PyInit_orthanc);
  PyImport_AppendInittab("_orthanc_runtime", &PyInit__orthanc_runtime);
}

}  // namespace orthanc_runtime
