// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/registration.h"

#include "bindings/arguments.h"
#include "callbacks/callback_list.h"
#include "runtime.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

void register_rest_callback(const Text& pattern, const py::object& callback) {
  require_callable(callback, "RegisterRestCallback");
  runtime().routes.add(make_route(pattern.c_str(), callback));
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
