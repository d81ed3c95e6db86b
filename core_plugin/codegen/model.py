# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the SDK header declares, as plain frozen data."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Kind(enum.Enum):
    """The shapes of C types that the rules tell apart."""

    VOID = "void"
    INTEGER = "integer"
    FLOAT = "float"
    CHAR = "char"
    ENUM = "enum"
    STRUCT = "struct"
    POINTER = "pointer"
    FUNCTION = "function"
    OTHER = "other"


@dataclass(frozen=True)
class CType:
    """A type as written in the header: ``name`` keeps the typedef's name."""

    kind: Kind
    name: str
    const: bool = False
    target: CType | None = None

    def points_to(self, kind: Kind, *, const: bool | None = None) -> bool:
        """Whether this is a pointer to a ``kind`` (of that constness, if one is given)."""
        return (
            self.kind is Kind.POINTER
            and self.target is not None
            and self.target.kind is kind
            and (const is None or self.target.const is const)
        )

    @property
    def pointee(self) -> CType:
        """The type pointed to."""
        if self.target is None:
            raise ValueError(f"{self.name} is not a pointer")
        return self.target


@dataclass(frozen=True)
class Doc:
    """A documentation comment, taken apart."""

    text: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    returns: str = ""

    def parameter(self, name: str) -> str:
        """The text about one parameter, or the empty string."""
        return dict(self.parameters).get(name, "")


@dataclass(frozen=True)
class Parameter:
    name: str
    type: CType


@dataclass(frozen=True)
class Function:
    name: str
    result: CType
    parameters: tuple[Parameter, ...]
    line: int = 0
    doc: Doc = field(default_factory=Doc)
    since: tuple[int, int, int] | None = None
    """The SDK that brought it, where the header says so."""


@dataclass(frozen=True)
class EnumValue:
    name: str
    value: int
    doc: Doc = field(default_factory=Doc)


@dataclass(frozen=True)
class Enumeration:
    name: str
    values: tuple[EnumValue, ...]
    doc: Doc = field(default_factory=Doc)


@dataclass(frozen=True)
class OpaqueStruct:
    """A struct that the header only declares: plugins hold pointers to it."""

    name: str
    doc: Doc = field(default_factory=Doc)


@dataclass(frozen=True)
class Header:
    version: tuple[int, int, int]
    enumerations: tuple[Enumeration, ...]
    opaque_structs: tuple[OpaqueStruct, ...]
    functions: tuple[Function, ...]

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))
