# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ``orthanc`` module will offer, decided; the emitters only write it down."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .model import Doc, Enumeration

Version = tuple[int, int, int]


class Status(enum.Enum):
    """How a function of the header reaches Python."""

    RULE = "wrapped by rule"
    HAND = "wrapped by hand"
    INTERNAL = "left out"


@dataclass(frozen=True)
class Argument:
    """One value that Python passes; it fills one or more arguments of the C function."""

    name: str
    python_type: str
    cpp_type: str
    expressions: tuple[str, ...]
    setup: str = ""
    """A statement that runs with the GIL, before the call."""

    @property
    def variable(self) -> str:
        """The C++ parameter; the underscore keeps it apart from our own names."""
        return f"{self.name.removesuffix('_')}_"


@dataclass(frozen=True)
class Output:
    """One value that the C function writes through a pointer."""

    name: str
    python_type: str
    declaration: str
    expressions: tuple[str, ...]
    conversion: str
    tells_presence: bool = False
    """Where it is zero, the other outputs are not there. It does not appear in Python itself."""


@dataclass(frozen=True)
class Result:
    """What becomes of the C function's own result, ``result`` in the C++ expressions."""

    python_type: str
    check: str = ""
    conversion: str = ""


@dataclass(frozen=True)
class Call:
    """The body of a binding made by rule."""

    c_name: str
    owner: str
    expressions: tuple[str, ...]
    arguments: tuple[Argument, ...]
    outputs: tuple[Output, ...]
    result: Result
    self_type: str = ""
    self_setup: str = ""

    @property
    def presence(self) -> Output | None:
        """The output that tells whether there are others."""
        return next((output for output in self.outputs if output.tells_presence), None)

    @property
    def returned(self) -> tuple[Output, ...]:
        """The outputs that appear in Python."""
        return tuple(output for output in self.outputs if not output.tells_presence)


@dataclass(frozen=True)
class Binding:
    """A function or method of the module."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    """Names and Python types."""
    returns: str
    doc: Doc
    call: Call | None = None
    """None when the C++ is written by hand."""
    stubs: tuple[str, ...] = ()
    """Written signatures, from the parenthesis on; they take the place of the derived one."""

    @property
    def signatures(self) -> tuple[str, ...]:
        """All call forms, in Python's notation."""
        if self.stubs:
            return tuple(f"{self.name}{stub}" for stub in self.stubs)
        listed = ["self"] if self.call is not None and self.call.owner else []
        listed += [f"{name}: {python_type}" for name, python_type in self.parameters]
        listed += ["/"] if self.parameters else []
        return (f"{self.name}({', '.join(listed)}) -> {self.returns}",)


@dataclass(frozen=True)
class BoundClass:
    """An opaque struct of the SDK as a class."""

    name: str
    c_name: str
    cpp_type: str
    doc: Doc
    methods: tuple[Binding, ...]
    hook: str = ""
    """The C++ function that adds what is written by hand."""
    has_buffer: bool = False

    @property
    def aliases(self) -> tuple[tuple[str, str], ...]:
        """``(IsMatch, FindMatcherIsMatch)``: a repeated class name may be left out."""
        return tuple(
            (m.name.removeprefix(self.name), m.name)
            for m in self.methods
            if m.name.startswith(self.name)
        )


@dataclass(frozen=True)
class Accounted:
    """Where one function of the header went."""

    c_name: str
    status: Status
    reason: str = ""


@dataclass(frozen=True)
class Surface:
    version: tuple[int, int, int]
    enumerations: tuple[Enumeration, ...]
    classes: tuple[BoundClass, ...]
    functions: tuple[Binding, ...]
    accounts: tuple[Accounted, ...]
    since: tuple[tuple[str, Version], ...] = ()
    """``(RestOutput.SendStreamChunk, (1, 12, 6))``: what the oldest SDK lacks, also where
    this header lacks it, too."""

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))
