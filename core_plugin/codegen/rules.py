# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The type rules: how C parameters and results appear in Python.

A parameter rule looks at the parameters that are left, from the front, and answers how many of
them it takes and what they become. The first rule that answers wins. C++ names end in ``_`` so
that parameters of the header (``r``, ``g``, ``b``, ``result``) cannot collide with our own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .docs import may_be_null
from .model import CType, Function, Header, Kind, Parameter
from .names import python_identifier, without_prefix
from .surface import Argument, Output, Result

BODY = "str | Buffer"
_IMAGE = ("format", "width", "height", "pitch")


@dataclass(frozen=True)
class Context:
    """What a rule may know besides the parameters."""

    function: Function
    classes: frozenset[str]
    """C names of the opaque structs."""
    destructors: dict[str, str]
    """C name of an opaque struct -> the function that frees it."""
    nullable: frozenset[str] = frozenset()
    never_null: bool = False

    def is_class(self, c_type: CType) -> bool:
        return c_type.points_to(Kind.STRUCT) and c_type.pointee.name in self.classes

    def accepts_none(self, parameter: Parameter) -> bool:
        return parameter.name in self.nullable or may_be_null(self.function.doc, parameter.name)


@dataclass(frozen=True)
class Match:
    consumed: int
    becomes: Argument | Output


ParameterRule = Callable[[Sequence[Parameter], Context], Match | None]


def number(parameters: Sequence[Parameter], context: Context) -> Match | None:  # noqa: ARG001
    """``uint32_t width`` -> ``int`` of that range, ``float value`` -> ``float``."""
    first = parameters[0]
    if first.type.kind is Kind.FLOAT:
        return _argument(first, "float", first.type.name, f"{first.name}_")
    if first.type.kind is not Kind.INTEGER:
        return None
    return _argument(first, "int", f"const Integer<{first.type.name}>&", f"{first.name}_.value()")


def enumeration(parameters: Sequence[Parameter], context: Context) -> Match | None:  # noqa: ARG001
    """``OrthancPluginPixelFormat format`` -> ``int``, of which the members are a kind."""
    first = parameters[0]
    if first.type.kind is not Kind.ENUM:
        return None
    cast = f"static_cast<{first.type.name}>({first.name}_.value())"
    python_type = f"{without_prefix(first.type.name)} | int"
    return _argument(first, python_type, "const Integer<std::int32_t>&", cast)


def text(parameters: Sequence[Parameter], context: Context) -> Match | None:
    """``const char* uri`` -> ``str``; NUL inside is refused, and line breaks in HTTP headers."""
    first = parameters[0]
    if not first.type.points_to(Kind.CHAR, const=True):
        return None
    if context.accepts_none(first):
        return _argument(first, "str | None", "const OptionalText&", f"{first.name}_.c_str()")
    kind = "HeaderText" if _is_answer(context.function) else "Text"
    return _argument(first, "str", f"const {kind}&", f"{first.name}_.c_str()")


def _is_answer(function: Function) -> bool:
    """All texts of a method of the output are parts of HTTP headers."""
    return any(
        parameter.type.points_to(Kind.STRUCT)
        and parameter.type.pointee.name == "OrthancPluginRestOutput"
        for parameter in function.parameters
    )


def sized_buffer(parameters: Sequence[Parameter], context: Context) -> Match | None:
    """``const void* body, uint32_t bodySize`` -> ``str`` or any buffer; ``const char*`` too."""
    if len(parameters) < 2:
        return None
    first, second = parameters[:2]
    if not (
        (first.type.points_to(Kind.VOID, const=True) or first.type.points_to(Kind.CHAR, const=True))
        and second.type.kind is Kind.INTEGER
        and second.name.lower().endswith("size")
    ):
        return None
    bits = "64" if second.type.name.endswith("64_t") else "32"
    optional = context.accepts_none(first)
    cpp_type = f"const {'Optional' if optional else ''}Bytes{bits}&"
    python_type = f"{BODY} | None" if optional else BODY
    name = f"{first.name}_"
    data = f"{name}.{'data' if first.type.points_to(Kind.VOID) else 'chars'}()"
    return Match(
        2, Argument(python_identifier(first.name), python_type, cpp_type, (data, f"{name}.size()"))
    )


def pixels(parameters: Sequence[Parameter], context: Context) -> Match | None:
    """A buffer whose size follows from the image that the parameters before it describe."""
    first = parameters[0]
    names = {p.name for p in context.function.parameters}
    if not first.type.points_to(Kind.VOID, const=True) or not set(_IMAGE) <= names:
        return None
    name = f"{first.name}_"
    argument = Argument(
        python_identifier(first.name),
        BODY,
        "const Bytes64&",
        (f"{name}.data()",),
        setup=f"require_pixels({', '.join([name, *(f'{part}_.value()' for part in _IMAGE)])});",
    )
    return Match(1, argument)


def http_headers(parameters: Sequence[Parameter], context: Context) -> Match | None:  # noqa: ARG001
    """``headersCount, headersKeys, headersValues`` -> ``dict`` or ``None``."""
    if len(parameters) < 3:
        return None
    count, keys, values = parameters[:3]
    if count.type.kind is not Kind.INTEGER or not (
        _is_string_array(keys.type) and _is_string_array(values.type)
    ):
        return None
    stem = count.name.removesuffix("Count")
    if (keys.name, values.name) != (f"{stem}Keys", f"{stem}Values"):
        return None
    name = f"{stem}_"
    expressions = (f"{name}.count()", f"{name}.keys()", f"{name}.values()")
    return Match(3, Argument(stem, "Mapping[str, str] | None", "const HttpHeaders&", expressions))


def instance(parameters: Sequence[Parameter], context: Context) -> Match | None:
    """A pointer to an opaque struct -> an object of its class."""
    first = parameters[0]
    if not context.is_class(first.type):
        return None
    c_name = first.type.pointee.name
    optional = context.accepts_none(first)
    argument = Argument(
        python_identifier(first.name),
        f"{without_prefix(c_name)} | None" if optional else without_prefix(c_name),
        f"SdkObject<{c_name}>{'*' if optional else '&'}",
        (f"{first.name}_use.get()",),
        setup=f"const Use<{c_name}> {first.name}_use({first.name}_);",
    )
    return Match(1, argument)


def buffer_output(parameters: Sequence[Parameter], context: Context) -> Match | None:  # noqa: ARG001
    """``OrthancPluginMemoryBuffer* target`` -> ``bytes``; answer headers, a JSON object -> dict."""
    first = parameters[0]
    if not first.type.points_to(Kind.STRUCT, const=False):
        return None
    if first.type.pointee.name != "OrthancPluginMemoryBuffer":
        return None
    name = f"{first.name}_"
    is_headers = re.search(r"headers$", first.name, re.IGNORECASE) is not None
    output = Output(
        first.name,
        "dict[str, str]" if is_headers else "bytes",
        f"MemoryBuffer {name};",
        (f"{name}.out()",),
        f"{name}.{'to_headers' if is_headers else 'to_bytes'}()",
    )
    return Match(1, output)


def presence_output(parameters: Sequence[Parameter], context: Context) -> Match | None:  # noqa: ARG001
    """``uint8_t* found`` -> without it, ``None`` in place of the other outputs."""
    first = parameters[0]
    if first.name != "found" or not _is_boolean_output(first):
        return None
    output = Output(
        first.name, "", "uint8_t found_ = 0;", ("&found_",), conversion="", tells_presence=True
    )
    return Match(1, output)


def boolean_output(parameters: Sequence[Parameter], context: Context) -> Match | None:  # noqa: ARG001
    """``uint8_t* done`` -> ``bool``: the SDK has no other use for a pointer to bytes."""
    first = parameters[0]
    if not _is_boolean_output(first):
        return None
    name = f"{first.name}_"
    output = Output(first.name, "bool", f"uint8_t {name} = 0;", (f"&{name}",), f"to_bool({name})")
    return Match(1, output)


def number_output(parameters: Sequence[Parameter], context: Context) -> Match | None:  # noqa: ARG001
    """``uint16_t* httpStatus`` -> ``int``."""
    first = parameters[0]
    if not first.type.points_to(Kind.INTEGER, const=False):
        return None
    name = f"{first.name}_"
    output = Output(
        first.name,
        "int",
        f"{first.type.pointee.name} {name} = 0;",
        (f"&{name}",),
        f"to_int({name})",
    )
    return Match(1, output)


PARAMETER_RULES: tuple[ParameterRule, ...] = (
    http_headers,
    sized_buffer,
    pixels,
    number,
    enumeration,
    text,
    instance,
    buffer_output,
    presence_output,
    boolean_output,
    number_output,
)


def match_parameter(parameters: Sequence[Parameter], context: Context) -> Match | None:
    """The first rule that covers the front of ``parameters``."""
    for rule in PARAMETER_RULES:
        match = rule(parameters, context)
        if match is not None:
            return match
    return None


def match_result(function: Function, context: Context) -> Result | None:
    """How the result of ``function`` appears in Python; None when no rule covers it."""
    c_type = function.result
    if c_type.kind is Kind.VOID:
        return Result("None")
    if c_type.kind is Kind.ENUM and c_type.name == "OrthancPluginErrorCode":
        return Result("None", check="check(result);")
    if c_type.kind is Kind.ENUM:
        short = without_prefix(c_type.name)
        return Result(short, conversion=f'enum_member("{short}", result)')
    if c_type.kind is Kind.INTEGER:
        return Result("int", conversion="to_int(result)")
    if c_type.points_to(Kind.CHAR, const=False):
        return Result("str", conversion="take_string(result)")
    if c_type.points_to(Kind.CHAR, const=True):
        python_type = "str" if context.never_null else "str | None"
        return Result(python_type, conversion="copy_string(result)")
    if context.is_class(c_type) and c_type.pointee.name in context.destructors:
        c_name = c_type.pointee.name
        destructor = context.destructors[c_name]
        return Result(without_prefix(c_name), conversion=f"take_object(result, &{destructor})")
    return None


def find_destructors(header: Header) -> dict[str, str]:
    """``void OrthancPluginFreeImage(context, OrthancPluginImage*)`` frees the class ``Image``."""
    classes = {struct.name for struct in header.opaque_structs}
    return {
        function.parameters[-1].type.pointee.name: function.name
        for function in header.functions
        if function.result.kind is Kind.VOID
        and len(function.parameters) == 2
        and function.parameters[-1].type.points_to(Kind.STRUCT, const=False)
        and (freed := function.parameters[-1].type.pointee.name) in classes
        and without_prefix(function.name) == f"Free{without_prefix(freed)}"
    }


def _argument(parameter: Parameter, python_type: str, cpp_type: str, expression: str) -> Match:
    name = python_identifier(parameter.name)
    return Match(1, Argument(name, python_type, cpp_type, (expression,)))


def _is_boolean_output(parameter: Parameter) -> bool:
    c_type = parameter.type
    return c_type.points_to(Kind.INTEGER, const=False) and c_type.pointee.name == "uint8_t"


def _is_string_array(c_type: CType) -> bool:
    return c_type.points_to(Kind.POINTER) and c_type.pointee.points_to(Kind.CHAR, const=True)
