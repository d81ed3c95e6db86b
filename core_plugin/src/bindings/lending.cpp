// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/lending.h"

#include <memory>
#include <string>

#include "bindings/sdk_object.h"
#include "dispatch/call_results.h"

namespace orthanc_runtime {

namespace {

template <typename Handle>
bool lend_as(const py::handle& object, LentObject& lent) {
  if (!py::isinstance<SdkObject<Handle>>(object)) {
    return false;
  }
  const auto use = std::make_shared<Use<Handle>>(object.cast<SdkObject<Handle>&>());
  lent = {&calls::kTypeOf<Handle>, use->get(), use};
  return true;
}

template <typename... Handles>
struct Classes {
  static bool lend(const py::handle& object, LentObject& lent) {
    return (lend_as<Handles>(object, lent) || ...);
  }

  static void set_reduce(const py::object& reduce) {
    for (const py::handle& bound : {py::type::of<SdkObject<Handles>>()...}) {
      bound.attr("__reduce__") =
          py::cpp_function([reduce](const py::object& self) { return reduce(self); },
                           py::name("__reduce__"), py::is_method(bound));
    }
  }
};

/// Those that a worker has methods of.
using Lendable =
    Classes<OrthancPluginDicomInstance, OrthancPluginFindAnswers, OrthancPluginFindMatcher,
            OrthancPluginFindQuery, OrthancPluginImage, OrthancPluginPeers,
            OrthancPluginStorageArea, OrthancPluginWorklistAnswers, OrthancPluginWorklistQuery
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 10)
            ,
            OrthancPluginDicomConnection
#endif
            >;

}  // namespace

LentObject lend_object(const py::handle& object) {
  LentObject lent{};
  if (!Lendable::lend(object, lent)) {
    throw py::type_error(std::string("a worker cannot use a ") + Py_TYPE(object.ptr())->tp_name);
  }
  return lent;
}

void bind_lending() {
  Lendable::set_reduce(py::module_::import("orthanc_runtime.carried").attr("reduce"));
}

}  // namespace orthanc_runtime
