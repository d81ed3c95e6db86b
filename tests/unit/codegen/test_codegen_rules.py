# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each type rule, one by one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from codegen import rules
from codegen.model import CType, Doc, Function, Kind, OpaqueStruct, Parameter
from codegen.model import Header as ParsedHeader
from codegen.rules import Context, Match, find_destructors, match_parameter, match_result
from codegen.surface import Argument, Output

pytestmark = pytest.mark.unit

LAMP = "OrthancPluginLamp"
VOID = CType(Kind.VOID, "void")


def pointer(kind: Kind, name: str, *, const: bool = False) -> CType:
    return CType(Kind.POINTER, f"{name} *", target=CType(kind, name, const))


TEXT = pointer(Kind.CHAR, "char", const=True)
DATA = pointer(Kind.VOID, "void", const=True)
SIZE = CType(Kind.INTEGER, "uint32_t")
FORMAT = CType(Kind.ENUM, "OrthancPluginPixelFormat")
TEXTS = CType(Kind.POINTER, "char **", target=TEXT)


def parameters(**types: CType) -> list[Parameter]:
    return [Parameter(name, c_type) for name, c_type in types.items()]


def context(
    given: Sequence[Parameter] = (), result: CType = VOID, doc: Doc | None = None
) -> Context:
    function = Function("OrthancPluginF", result, tuple(given), doc=doc or Doc())
    return Context(function, classes=frozenset({LAMP}), destructors={LAMP: "OrthancPluginFreeLamp"})


def argument(match: Match | None) -> Argument:
    assert match is not None
    assert isinstance(match.becomes, Argument)
    return match.becomes


def output(match: Match | None) -> Output:
    assert match is not None
    assert isinstance(match.becomes, Output)
    return match.becomes


def test_numbers() -> None:
    width = argument(rules.number(parameters(width=SIZE), context()))
    assert (width.python_type, width.cpp_type) == ("int", "const Integer<uint32_t>&")
    assert width.expressions == ("width_.value()",)
    watts = argument(rules.number(parameters(watts=CType(Kind.FLOAT, "float")), context()))
    assert (watts.python_type, watts.cpp_type) == ("float", "float")
    assert rules.number(parameters(text=TEXT), context()) is None


def test_enumerations_accept_ints() -> None:
    colour = CType(Kind.ENUM, "OrthancPluginColour")
    found = argument(rules.enumeration(parameters(colour=colour), context()))
    assert found.python_type == "Colour | int"
    assert found.expressions == ("static_cast<OrthancPluginColour>(colour_.value())",)
    assert rules.enumeration(parameters(width=SIZE), context()) is None


def test_text() -> None:
    assert argument(rules.text(parameters(uri=TEXT), context())).cpp_type == "const Text&"
    assert rules.text(parameters(out=pointer(Kind.CHAR, "char")), context()) is None


def test_text_that_may_be_null() -> None:
    doc = Doc(parameters=(("user", "The user (can be None)."),))
    found = argument(rules.text(parameters(user=TEXT), context(doc=doc)))
    assert (found.python_type, found.cpp_type) == ("str | None", "const OptionalText&")


@pytest.mark.parametrize(("bits", "cpp_type"), [("32", "Bytes32"), ("64", "Bytes64")])
def test_a_buffer_takes_its_size_along(bits: str, cpp_type: str) -> None:
    size = CType(Kind.INTEGER, f"uint{bits}_t")
    match = rules.sized_buffer(parameters(body=DATA, bodySize=size, other=SIZE), context())
    assert match is not None
    assert match.consumed == 2
    assert argument(match).cpp_type == f"const {cpp_type}&"
    assert argument(match).expressions == ("body_.data()", "body_.size()")


def test_chars_with_a_size_are_a_buffer_not_a_text() -> None:
    given = parameters(body=TEXT, bodySize=SIZE)
    assert argument(match_parameter(given, context())).expressions[0] == "body_.chars()"


def test_a_number_after_a_buffer_is_not_always_its_size() -> None:
    assert rules.sized_buffer(parameters(body=DATA, count=SIZE), context()) is None
    assert rules.sized_buffer(parameters(body=DATA), context()) is None


def test_pixels_have_the_size_of_the_image_before_them() -> None:
    given = parameters(format=FORMAT, width=SIZE, height=SIZE, pitch=SIZE, pixels=DATA)
    found = argument(rules.pixels(given[4:], context(given)))
    sizes = "format_.value(), width_.value(), height_.value(), pitch_.value()"
    assert found.setup == f"require_pixels(pixels_, {sizes});"
    assert rules.pixels(given[4:], context(given[1:])) is None


def test_http_headers_are_three_parameters() -> None:
    given = parameters(moreCount=SIZE, moreKeys=TEXTS, moreValues=TEXTS)
    match = rules.http_headers(given, context())
    assert match is not None
    assert match.consumed == 3
    assert argument(match).name == "more"
    assert argument(match).python_type == "Mapping[str, str] | None"


@pytest.mark.parametrize(
    "given",
    [
        parameters(moreCount=SIZE, moreKeys=TEXTS),
        parameters(moreCount=SIZE, moreKeys=TEXTS, other=SIZE),
        parameters(moreCount=SIZE, someKeys=TEXTS, someValues=TEXTS),
    ],
)
def test_what_only_looks_like_headers(given: list[Parameter]) -> None:
    assert rules.http_headers(given, context()) is None


def test_objects() -> None:
    lamp = pointer(Kind.STRUCT, LAMP, const=True)
    found = argument(rules.instance(parameters(lamp=lamp), context()))
    assert (found.python_type, found.cpp_type) == ("Lamp", f"SdkObject<{LAMP}>&")
    doc = Doc(parameters=(("lamp", "Can be None."),))
    found = argument(rules.instance(parameters(lamp=lamp), context(doc=doc)))
    assert (found.python_type, found.cpp_type) == ("Lamp | None", f"SdkObject<{LAMP}>*")
    plain = pointer(Kind.STRUCT, "OrthancPluginOther")
    assert rules.instance(parameters(other=plain), context()) is None


def test_buffers_as_output() -> None:
    buffer = pointer(Kind.STRUCT, "OrthancPluginMemoryBuffer")
    found = output(rules.buffer_output(parameters(target=buffer), context()))
    assert (found.python_type, found.conversion) == ("bytes", "target_.to_bytes()")
    found = output(rules.buffer_output(parameters(answerHeaders=buffer), context()))
    assert found.python_type == "dict[str, str]"
    other = pointer(Kind.STRUCT, "OrthancPluginOther")
    assert rules.buffer_output(parameters(target=other), context()) is None


def test_numbers_as_output() -> None:
    found = output(
        rules.number_output(parameters(status=pointer(Kind.INTEGER, "uint16_t")), context())
    )
    assert found.declaration == "uint16_t status_ = 0;"
    array = pointer(Kind.INTEGER, "uint16_t", const=True)
    assert rules.number_output(parameters(groups=array), context()) is None


def test_a_pointer_to_a_byte_is_a_boolean() -> None:
    byte = pointer(Kind.INTEGER, "uint8_t")
    dark = output(match_parameter(parameters(dark=byte), context()))
    assert (dark.python_type, dark.conversion) == ("bool", "to_bool(dark_)")
    status = pointer(Kind.INTEGER, "uint16_t")
    assert rules.boolean_output(parameters(status=status), context()) is None


def test_found_tells_whether_there_are_other_outputs() -> None:
    byte = pointer(Kind.INTEGER, "uint8_t")
    assert output(match_parameter(parameters(found=byte), context())).tells_presence
    assert rules.presence_output(parameters(dark=byte), context()) is None


@pytest.mark.parametrize(
    "c_type", [CType(Kind.FUNCTION, "OrthancPluginWatcher"), pointer(Kind.VOID, "void"), TEXTS]
)
def test_nothing_covers_callbacks_and_bare_pointers(c_type: CType) -> None:
    assert match_parameter(parameters(x=c_type), context()) is None


@pytest.mark.parametrize(
    ("c_type", "python_type"),
    [
        (VOID, "None"),
        (CType(Kind.ENUM, "OrthancPluginErrorCode"), "None"),
        (CType(Kind.ENUM, "OrthancPluginColour"), "Colour"),
        (CType(Kind.INTEGER, "int64_t"), "int"),
        (pointer(Kind.CHAR, "char"), "str"),
        (TEXT, "str | None"),
        (pointer(Kind.STRUCT, LAMP), "Lamp"),
    ],
)
def test_results(c_type: CType, python_type: str) -> None:
    given = context(result=c_type)
    result = match_result(given.function, given)
    assert result is not None
    assert result.python_type == python_type


@pytest.mark.parametrize("c_type", [DATA, pointer(Kind.STRUCT, "OrthancPluginOther")])
def test_results_that_nothing_covers(c_type: CType) -> None:
    given = context(result=c_type)
    assert match_result(given.function, given) is None


def test_destructors_are_known_by_their_shape() -> None:
    sdk = pointer(Kind.STRUCT, "OrthancPluginContext")
    lamp = pointer(Kind.STRUCT, LAMP)
    functions = (
        Function("OrthancPluginFreeLamp", VOID, tuple(parameters(context=sdk, lamp=lamp))),
        Function("OrthancPluginFreeze", VOID, tuple(parameters(context=sdk, lamp=lamp))),
        Function("OrthancPluginFreeText", VOID, tuple(parameters(context=sdk, text=TEXT))),
    )
    header = ParsedHeader((1, 0, 0), (), (OpaqueStruct(LAMP),), functions)
    assert find_destructors(header) == {LAMP: "OrthancPluginFreeLamp"}
