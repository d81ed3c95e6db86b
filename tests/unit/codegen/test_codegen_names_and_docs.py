# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and documentation, from C to Python."""

from __future__ import annotations

import pytest
from codegen.docs import docstring, may_be_null, parse_comment, without_null
from codegen.names import enum_member, python_identifier, without_prefix

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("value", "member"),
    [
        ("OrthancStarted", "ORTHANC_STARTED"),
        ("NoCFindHandler", "NO_CFIND_HANDLER"),
        ("SQLiteNotOpened", "SQLITE_NOT_OPENED"),
        ("RGB24", "RGB24"),
        ("SignedGrayscale16", "SIGNED_GRAYSCALE16"),
        ("DicomAsJson", "DICOM_AS_JSON"),
        ("ReferencedSOPClassNotSupported", "REFERENCED_SOPCLASS_NOT_SUPPORTED"),
        ("UT", "UT"),
    ],
)
def test_enum_members(value: str, member: str) -> None:
    assert enum_member("OrthancPluginX", f"OrthancPluginX_{value}") == member


def test_prefix_and_keywords() -> None:
    assert without_prefix("OrthancPluginRestApiGet") == "RestApiGet"
    assert python_identifier("from") == "from_"
    assert python_identifier("uri") == "uri"


def test_a_comment_is_taken_apart() -> None:
    doc = parse_comment(
        """/**
         * @brief Count the lamps.
         *
         * Count the lamps. Broken ones
         * too.
         *
         * @param place Where, as in ::OrthancPluginColour_DarkRed.
         *   Anywhere.
         * @param text Can be <tt>NULL</tt>.
         * @return The number. It must be freed by OrthancPluginFreeString().
         * @note Slow.
         * @see OrthancPluginOther()
         **/"""
    )
    assert doc.text == "Count the lamps.\n\nBroken ones too.\n\nNote: Slow."
    assert doc.parameter("place") == "Where, as in Colour.DARK_RED. Anywhere."
    assert doc.returns == "The number."
    assert may_be_null(doc, "text")
    assert not may_be_null(doc, "place")
    assert doc.parameter("absent") == ""


def test_no_comment() -> None:
    assert parse_comment(None).text == ""


@pytest.mark.parametrize(
    ("text", "shortened"),
    [
        ("The None value in case of error, or the text.", "The text."),
        ("None in the case of an error, or the text.", "The text."),
        ("The value, or None in the case of an error.", "The value."),
        ("The None value if the study is absent, or its ID.", "Its ID."),
        ("The width.", "The width."),
    ],
)
def test_what_an_exception_replaces_is_not_promised(text: str, shortened: str) -> None:
    assert without_null(text) == shortened


def test_a_docstring_has_all_parts() -> None:
    doc = parse_comment("/** Keep it. **/")
    assert docstring("Keep(x: int, /) -> int", doc, [("x", "Which."), ("y", "")], "It.") == (
        "Keep(x: int, /) -> int\n\nKeep it.\n\nArgs:\n    x: Which.\n\nReturns:\n    It."
    )
