# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the type rules cannot know about a function, and who takes care of it.

An entry that matches nothing in the header is an error, so that none outlives its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .surface import Status, Version


@dataclass(frozen=True)
class FunctionOverride:
    """A function that the rules leave alone."""

    status: Status
    reason: str = ""
    stubs: tuple[str, ...] = ()
    """Python signatures when the binding is written by hand."""
    owner: str = ""
    """The class of a hand-written method."""
    name: str = ""
    """The Python name, where it is not the C name."""
    text: str = ""
    """The docstring, where Python differs from what the header's comment says."""


@dataclass(frozen=True)
class ClassOverride:
    """An opaque struct that is more than a pointer."""

    cpp_type: str = ""
    use: str = ""
    """The C++ guard that gives the pointer to one call."""
    hook: str = ""
    """The C++ function that adds hand-written methods."""
    has_buffer: bool = False
    """The hook lets Python reach the memory of the object."""


@dataclass(frozen=True)
class Addition:
    """A binding without a function of its own in the header."""

    name: str
    stub: str
    text: str
    owner: str = ""
    since: Version = (0, 0, 0)


@dataclass(frozen=True)
class Overrides:
    functions: dict[str, FunctionOverride] = field(default_factory=dict)
    classes: dict[str, ClassOverride] = field(default_factory=dict)
    additions: tuple[Addition, ...] = ()
    nullable: frozenset[tuple[str, str]] = frozenset()
    """(function, parameter) that take None although the header does not say so."""
    never_null: frozenset[str] = frozenset()
    """Functions whose ``const char*`` is never NULL."""
    answering: frozenset[str] = frozenset()
    """Methods that settle the answer to a REST request."""
    replaced: dict[str, str] = field(default_factory=dict)
    """Functions by rule that call a C++ function of ours, with the parameters of the SDK's."""
    signatures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """All call forms of a function by rule that has more of them, added by a hook."""
    functions_since: dict[str, Version] = field(default_factory=dict)
    """Functions and classes that older headers lack; what is said of them is left out there."""
    classes_since: dict[str, Version] = field(default_factory=dict)
    enumerations_since: dict[str, Version] = field(default_factory=dict)

    def of_version(self, version: Version) -> Overrides:
        """What concerns a header of this version."""

        def there(function: str) -> bool:
            return self.functions_since.get(function, version) <= version

        def class_there(name: str) -> bool:
            return self.classes_since.get(name, version) <= version

        return replace(
            self,
            functions={k: v for k, v in self.functions.items() if there(k)},
            classes={k: v for k, v in self.classes.items() if class_there(k)},
            additions=tuple(
                a for a in self.additions if class_there(a.owner) and a.since <= version
            ),
            nullable=frozenset(pair for pair in self.nullable if there(pair[0])),
            never_null=frozenset(filter(there, self.never_null)),
            answering=frozenset(filter(there, self.answering)),
            replaced={k: v for k, v in self.replaced.items() if there(k)},
            signatures={k: v for k, v in self.signatures.items() if there(k)},
        )

    def __or__(self, other: Overrides) -> Overrides:
        """Both; an item that both decide about is an error."""
        twice = [
            *(self.functions.keys() & other.functions.keys()),
            *(self.classes.keys() & other.classes.keys()),
            *(self.signatures.keys() & other.signatures.keys()),
        ]
        if twice:
            raise ValueError(f"decided twice: {', '.join(sorted(twice))}")
        return Overrides(
            functions=self.functions | other.functions,
            classes=self.classes | other.classes,
            additions=self.additions + other.additions,
            nullable=self.nullable | other.nullable,
            never_null=self.never_null | other.never_null,
            answering=self.answering | other.answering,
            replaced=self.replaced | other.replaced,
            signatures=self.signatures | other.signatures,
            functions_since=self.functions_since | other.functions_since,
            classes_since=self.classes_since | other.classes_since,
            enumerations_since=self.enumerations_since | other.enumerations_since,
        )


def hand(*stubs: str, owner: str = "", name: str = "", text: str = "") -> FunctionOverride:
    """Written by hand in C++, with these Python signatures."""
    return FunctionOverride(Status.HAND, stubs=stubs, owner=owner, name=name, text=text)


def internal(reason: str) -> FunctionOverride:
    """Of no use to a script."""
    return FunctionOverride(Status.INTERNAL, reason)
