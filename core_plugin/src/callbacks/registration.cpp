// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/registration.h"

#include "callbacks/callback_list.h"
#include "runtime.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

/// The core's regular expressions and Python's agree on what is malformed.
void check_pattern(const std::string& pattern) {
  try {
    py::module_::import("re").attr("compile")(pattern);
  } catch (py::error_already_set& error) {
    throw py::value_error("RegisterRestCallback: \"" + pattern +
                          "\" is no regular expression: " + error.what());
  }
}

void register_rest_callback(const std::string& pattern, const py::object& callback) {
  require_callable(callback, "RegisterRestCallback");
  if (runtime().routes.is_late()) {
    // The core would say so only later, and not to the caller.
    check_pattern(pattern);
  }
  const py::object decision = py::module_::import("orthanc_runtime.role")
                                  .attr("current")()
                                  .attr("rest_route")(pattern, callback);
  auto route = std::make_unique<Route>();
  route->callback = callback;
  route->pattern = pattern;
  route->address = decision.attr("address").cast<std::string>();
  route->offloaded = decision.attr("offloaded").cast<bool>();
  const py::object timeout = decision.attr("timeout");
  route->timeout = timeout.is_none() ? -1 : timeout.cast<double>();
  runtime().routes.add(std::move(route));
}

void register_on_change(const py::object& callback) {
  require_callable(callback, "RegisterOnChangeCallback");
  runtime().changes.add_callback(callback);
}

void register_on_stored_instance(const py::object& callback) {
  require_callable(callback, "RegisterOnStoredInstanceCallback");
  runtime().stored_instance.add(callback);
}

}  // namespace

void bind_registrations(py::module_& module) {
  module.def("RegisterRestCallback", &register_rest_callback,
             "RegisterRestCallback(pattern, callback)\n\n"
             "Calls callback(output, uri, **request) for URIs that the regular expression matches "
             "as a whole.");
  module.def("RegisterOnChangeCallback", &register_on_change,
             "RegisterOnChangeCallback(callback)\n\n"
             "Calls callback(change_type, level, resource_id) for each change, one after the "
             "other.");
  module.def("RegisterOnStoredInstanceCallback", &register_on_stored_instance,
             "RegisterOnStoredInstanceCallback(callback)\n\n"
             "Calls callback(instance, instance_id) for each new instance.");
}

}  // namespace orthanc_runtime
