# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes functions.cpp and classes.cpp."""

from __future__ import annotations

from .docs import docstring, without_null
from .surface import Binding, BoundClass, Call, Surface

_PROLOGUE = """\
// Generated from the SDK header of Orthanc {version}; do not edit.
#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include "bindings/conversions.h"
#include "bindings/generated.h"
#include "bindings/hand_written.h"
#include "bindings/rest_output.h"
#include "bindings/sdk_object.h"
#include "sdk.h"

namespace py = pybind11;

namespace orthanc_runtime {{

"""
_EPILOGUE = "\n}  // namespace orthanc_runtime\n"


def functions_cpp(surface: Surface) -> str:
    """``bind_functions``: the functions of the module that rules cover."""
    lines = ["void bind_functions(py::module_& module) {"]
    for binding in surface.functions:
        lines += _definition("module", binding)
    lines.append("}")
    return _PROLOGUE.format(version=surface.version_text) + "\n".join(lines) + _EPILOGUE


def classes_cpp(surface: Surface) -> str:
    """``bind_classes``: the classes, and their methods that rules cover."""
    lines: list[str] = []
    for bound in surface.classes:
        lines += [*_methods_function(bound), ""]
    lines.append("void bind_classes(py::module_& module) {")
    # all classes exist before the first method, so that signatures can name them
    for bound in surface.classes:
        buffer = ", py::buffer_protocol()" if bound.has_buffer else ""
        lines += [
            f"  py::class_<{bound.cpp_type}> {_variable(bound)}(",
            f'      module, "{bound.name}",',
            f"      {_literal(bound.doc.text)}{buffer});",
        ]
    lines += [f"  bind_methods({_variable(bound)});" for bound in surface.classes if bound.methods]
    lines.append("}")
    return _PROLOGUE.format(version=surface.version_text) + "\n".join(lines) + _EPILOGUE


def _methods_function(bound: BoundClass) -> list[str]:
    if not bound.methods:
        return []
    lines = [f"static void bind_methods(py::class_<{bound.cpp_type}>& bound) {{"]
    for method in bound.methods:
        lines += _definition("bound", method)
    if bound.hook:
        lines.append(f"  {bound.hook}(bound);")
    for alias, name in bound.aliases:
        lines.append(f'  bound.attr("{alias}") = bound.attr("{name}");')
    return [*lines, "}"]


def _definition(target: str, binding: Binding) -> list[str]:
    call = binding.call
    if call is None:
        return []
    parameters = [f"{call.self_type}& self"] if call.owner else []
    parameters += [f"{a.cpp_type} {a.variable}" for a in call.arguments]
    return [
        f"  {target}.def(",
        f'      "{binding.name}",',
        f"      []({', '.join(parameters)}){_result_type(call)} {{",
        *(f"        {statement}" for statement in _body(call)),
        "      },",
        f"      {_literal(documentation(binding, headed=True))});",
    ]


def _body(call: Call) -> list[str]:
    # arguments first: an output counts as answered from its guard on
    setups = [*(argument.setup for argument in call.arguments), call.self_setup]
    lines = [setup for setup in setups if setup]
    lines += [output.declaration for output in call.outputs]
    c_call = f"{call.c_name}({', '.join(call.expressions)})"
    if not call.result.check and not call.result.conversion:
        lines.append(f"call_sdk([&] {{ {c_call}; }});")
    else:
        lines.append(f"const auto result = call_sdk([&] {{ return {c_call}; }});")
    if call.result.check:
        lines.append(call.result.check)
    conversions = [output.conversion for output in call.returned]
    if call.presence is not None:
        missing = _python_value(["py::none()"] * len(conversions))
        lines.append(f"if ({call.presence.name}_ == 0) {{ return {missing}; }}")
    if call.result.conversion:
        lines.append(f"return {call.result.conversion};")
    elif conversions:
        lines.append(f"return {_python_value(conversions)};")
    return lines


def _python_value(conversions: list[str]) -> str:
    """One output as it is, several as a tuple."""
    if len(conversions) == 1:
        return conversions[0]
    return f"py::make_tuple({', '.join(conversions)})"


def _result_type(call: Call) -> str:
    """What C++ cannot deduce, as None and a value differ in type."""
    return "" if call.presence is None else " -> py::object"


def documentation(binding: Binding, *, headed: bool) -> str:
    """The docstring, under the signatures where nothing else shows them.

    An error code as result says nothing, an exception takes its place.
    """
    described = tuple((name, binding.doc.parameter(name)) for name, _ in binding.parameters)
    returns = binding.doc.returns
    if binding.returns == "None" or (binding.call is not None and binding.call.result.check):
        returns = ""
    if "None" not in binding.returns:
        returns = without_null(returns)
    heading = "\n".join(binding.signatures) if headed else ""
    return docstring(heading, binding.doc, described, returns)


def _variable(bound: BoundClass) -> str:
    return f"class_{bound.name}"


def _literal(text: str) -> str:
    return f'R"doc({text})doc"'
