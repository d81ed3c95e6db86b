// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/wrong_calls.h"

#include <string>

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

/// Any object, in the second round of pybind11 only, in which no binding took the arguments as
/// they are, and those that convert some of them come first.
struct Leftover {
  py::object value;
};

}  // namespace

}  // namespace orthanc_runtime

namespace pybind11::detail {

template <>
struct type_caster<orthanc_runtime::Leftover> {
  static constexpr auto name = const_name("object");
  template <typename>
  using cast_op_type = const orthanc_runtime::Leftover&;

  bool load(handle source, bool convert) {
    leftover.value = reinterpret_borrow<object>(source);
    return convert;
  }
  explicit operator const orthanc_runtime::Leftover&() { return leftover; }

  orthanc_runtime::Leftover leftover;
};

}  // namespace pybind11::detail

namespace orthanc_runtime {

namespace {

/// orthanc_runtime.call_forms.refuse, which raises.
class Refusal {
 public:
  Refusal(py::object refuse, py::object forms)
      : refuse_(std::move(refuse)), forms_(std::move(forms)) {}

  py::object operator()(const py::tuple& arguments, const py::kwargs& keywords) const {
    return refuse_(forms_, arguments, keywords);
  }
  py::object operator()(const Leftover& first, const py::args& rest,
                        const py::kwargs& keywords) const {
    return (*this)(py::tuple(py::make_tuple(first.value) + rest), keywords);
  }

 private:
  py::object refuse_;
  py::object forms_;
};

void refuse_of_function(py::module_& module, const char* name, const Refusal& refusal) {
  module.def(name,
             [refusal](const Leftover& first, const py::args& rest, const py::kwargs& keywords) {
               return refusal(first, rest, keywords);
             });
  // without positional arguments there is nothing to convert, and no second round
  module.def(name,
             [refusal](const py::kwargs& keywords) { return refusal(py::tuple(), keywords); });
}

template <class Function>
void add_method(const py::handle& owner, const char* name, Function&& function) {
  owner.attr(name) =
      py::cpp_function(std::forward<Function>(function), py::name(name), py::is_method(owner),
                       py::sibling(py::getattr(owner, name, py::none())));
}

void refuse_of_method(const py::handle& owner, const char* name, const Refusal& refusal) {
  add_method(owner, name,
             [refusal](const py::object& /*self*/, const Leftover& first, const py::args& rest,
                       const py::kwargs& keywords) { return refusal(first, rest, keywords); });
  add_method(owner, name, [refusal](const py::object& /*self*/, const py::kwargs& keywords) {
    return refusal(py::tuple(), keywords);
  });
}

}  // namespace

void refuse_wrong_calls(py::module_& module) {
  const py::object refuse = py::module_::import("orthanc_runtime.call_forms").attr("refuse");
  const py::module_ sdk = py::module_::import("orthanc_runtime.sdk");
  for (const auto& [name, forms] : py::dict(sdk.attr("FUNCTIONS"))) {
    refuse_of_function(module, name.cast<std::string>().c_str(),
                       Refusal(refuse, py::reinterpret_borrow<py::object>(forms)));
  }
  for (const auto& [class_name, methods] : py::dict(sdk.attr("CLASSES"))) {
    const py::object owner = py::getattr(module, class_name);
    for (const auto& [name, forms] : py::reinterpret_borrow<py::dict>(methods)) {
      refuse_of_method(owner, name.cast<std::string>().c_str(),
                       Refusal(refuse, py::reinterpret_borrow<py::object>(forms)));
    }
  }
}

}  // namespace orthanc_runtime
