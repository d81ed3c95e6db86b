// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The module `orthanc` of the master interpreter.
#include <pybind11/pybind11.h>

#include "bindings/conversions.h"
#include "bindings/generated.h"
#include "bindings/hand_written.h"
#include "bindings/lending.h"
#include "bindings/registration.h"
#include "bindings/wrong_calls.h"

namespace py = pybind11;

PYBIND11_MODULE(orthanc, module, py::mod_gil_used()) {
  using namespace orthanc_runtime;  // NOLINT(google-build-using-namespace)

  module.doc() = "The SDK of the Orthanc DICOM server.";
  // the docstrings begin with signatures in Python's notation
  py::options options;
  options.disable_function_signatures();

  module.attr("OrthancException") =
      py::module_::import("orthanc_runtime.errors").attr("OrthancException");
  add_enumerations(module);
  bind_classes(module);
  bind_functions(module);
  bind_dicomweb(module);
  bind_dictionary(module);
  bind_images(module);
  bind_audit_log(module);
  bind_chunked_http_client(module);
  bind_chunked_routes(module);
  bind_find_scp(module);
  bind_http_authentication(module);
  bind_http_filter(module);
  bind_image_decoders(module);
  bind_instance_filters(module);
  bind_jobs(module);
  bind_move_scp(module);
  bind_received_instance(module);
  bind_refresh_metrics(module);
  bind_registrations(module);
  bind_resources(module);
  bind_storage_area(module);
  bind_storage_commitment(module);
  bind_transcoders(module);
  bind_webdav(module);
  bind_worklist_scp(module);
  bind_lending();
  refuse_wrong_calls(module);
}
