// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/changes.h"

#include <utility>

namespace py = pybind11;

namespace orthanc_runtime {

void Changes::add_callback(const py::object& callback) {
  const auto [callable, workers] = py::module_::import("orthanc_runtime.role")
                                       .attr("current")()
                                       .attr("change_callback")(callback)
                                       .cast<std::pair<py::object, size_t>>();
  if (workers > 0) {
    offloaded_.add_callback(callable, workers);
  } else {
    in_master_.add_callback(callable, 1);
  }
}

void Changes::push(OrthancPluginChangeType change, OrthancPluginResourceType level,
                   const char* resource) {
  const Change note{change, level, resource != nullptr ? resource : ""};
  in_master_.push(note);
  offloaded_.push(note);
}

bool Changes::stop(const Deadline& deadline) {
  const bool in_master = in_master_.stop(deadline);
  return offloaded_.stop(deadline) && in_master;
}

}  // namespace orthanc_runtime
