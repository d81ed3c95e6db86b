# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation comments of the header, as text for docstrings."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from .model import Doc
from .names import enum_member

_DROPPED = {"ingroup", "see", "param[in]", "param[out]"}
_FENCES = re.compile(r"^\s*/\*[*!]?<?|\*+/\s*$")
_ABOUT_FREEING = re.compile(r"\b(be free|free it|freed|deallocated|make a copy|Free\w+)\b")
_TAG = re.compile(r"^[@\\](\w+)\s*(.*)$")


def parse_comment(raw: str | None) -> Doc:
    """Take a Doxygen comment apart."""
    paragraphs: list[str] = []
    parameters: dict[str, list[str]] = {}
    returns: list[str] = []
    current = _Paragraphs(paragraphs)
    sink: list[str] | _Paragraphs = current
    for line in _lines(raw or ""):
        tag = _TAG.match(line)
        if tag is None:
            sink.append(line)
            continue
        word, rest = tag.groups()
        if word == "param":
            name, _, text = rest.partition(" ")
            sink = parameters.setdefault(name, [])
            sink.append(text.strip())
        elif word in ("return", "returns"):
            sink = returns
            sink.append(rest)
        elif word in _DROPPED:
            sink = []
        else:
            label = {"note": "Note: ", "warning": "Warning: ", "deprecated": "Deprecated. "}
            sink = current
            current.close()
            current.append(label.get(word, "") + rest)
    current.close()
    return Doc(
        text="\n\n".join(_without_repetition(paragraphs)),
        parameters=tuple(
            (name, _pythonic(_clean(" ".join(text)))) for name, text in parameters.items()
        ),
        returns=_pythonic(_clean(" ".join(returns))),
    )


class _Paragraphs:
    """Collects lines, a blank one ends a paragraph."""

    def __init__(self, target: list[str]) -> None:
        self._target = target
        self._lines: list[str] = []

    def append(self, line: str) -> None:
        if line:
            self._lines.append(line)
        else:
            self.close()

    def close(self) -> None:
        text = _clean(" ".join(self._lines))
        if text:
            self._target.append(text)
        self._lines = []


def _without_repetition(paragraphs: list[str]) -> list[str]:
    """The second paragraph often begins with the first, which is the brief."""
    if len(paragraphs) > 1:
        paragraphs[1] = paragraphs[1].removeprefix(paragraphs[0]).lstrip()
    return [paragraph for paragraph in paragraphs if paragraph]


def _lines(raw: str) -> list[str]:
    text = _FENCES.sub("", raw)
    text = re.sub(r"\*/\s*$", "", text)
    return [re.sub(r"^\s*\*+(?!\*)", "", line).strip() for line in text.splitlines()]


def _clean(text: str) -> str:
    """Drop markup, and sentences about freeing, which Python does by itself."""
    text = re.sub(r"</?tt>|`", "", text)
    text = re.sub(r"::(?=Orthanc)", "", text)
    text = re.sub(
        r"\bOrthancPlugin(\w+?)_(\w+)", lambda m: f"{m[1]}.{enum_member(m[1], m[2])}", text
    )
    text = re.sub(r"\bOrthancPlugin(?=[A-Z])", "", text)
    text = text.replace("\\", "")
    sentences = re.split(r"(?<=\.)\s+", " ".join(text.split()))
    return " ".join(sentence for sentence in sentences if not _ABOUT_FREEING.search(sentence))


def without_null(returns: str) -> str:
    """The text about a result of which an exception replaces the NULL."""
    case = r"(?:the )?none(?: value)? (?:(?:if|in) (?:the )?case of (?:an )?error|if [^,]+)"
    text = re.sub(rf"^{case}, or ", "", returns, flags=re.IGNORECASE)
    text = re.sub(r",? or none(?: value)? in (?:the )?case of (?:an )?error", "", text, flags=re.I)
    return text[:1].upper() + text[1:]


def _pythonic(text: str) -> str:
    return re.sub(r"\bNULL\b", "None", text)


def may_be_null(doc: Doc, parameter: str) -> bool:
    """Whether the comment of the header allows NULL for this parameter."""
    return bool(re.search(r"\bcan be None\b", doc.parameter(parameter), re.IGNORECASE))


def docstring(heading: str, doc: Doc, arguments: Sequence[tuple[str, str]], returns: str) -> str:
    """The docstring of a function: its signatures, text, arguments, result."""
    parts = [heading] if heading else []
    parts += [_wrap(text) for text in doc.text.split("\n\n") if text]
    described = [(name, text) for name, text in arguments if text]
    if described:
        lines = [_wrap(f"{name}: {text}", "    ", "        ") for name, text in described]
        parts.append("\n".join(["Args:", *lines]))
    if returns:
        parts.append("\n".join(["Returns:", _wrap(returns, "    ", "    ")]))
    return "\n\n".join(parts)


def _wrap(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text,
        width=88,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
