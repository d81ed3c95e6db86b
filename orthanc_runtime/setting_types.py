# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of values a setting can have: how each is read, checked and described.

Containers set options from environment variables, so numbers and booleans may come as strings.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from orthanc_runtime.errors import SettingsError
from orthanc_runtime.role import OffloadedRoute


@runtime_checkable
class Kind(Protocol):
    """One kind of value."""

    def read(self, key: str, value: object) -> Any:
        """``value`` in its Python type. Raises SettingsError naming ``key``."""

    def schema(self) -> dict[str, Any]:
        """The JSON schema of an accepted value."""


def wrong(key: str, value: object, allowed: str) -> SettingsError:
    """The error for a value that is not allowed."""
    return SettingsError(f"{key} is {value!r}; allowed: {allowed}")


@dataclass(frozen=True)
class Boolean:
    """``true`` or ``false``, also as a string."""

    def read(self, key: str, value: object) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in ("true", "false"):
            return value.strip().lower() == "true"
        raise wrong(key, value, "true or false")

    def schema(self) -> dict[str, Any]:
        return {"type": ["boolean", "string"]}


@dataclass(frozen=True)
class Number:
    """A number between two limits, both included; ``whole`` ones become ``int``."""

    minimum: float = 0
    maximum: float = math.inf
    whole: bool = False
    unit: str = ""

    def read(self, key: str, value: object) -> float | int:
        number = self._parse(value)
        if number is None or not self.minimum <= number <= self.maximum:
            raise wrong(key, value, self.allowed())
        return int(number) if self.whole else number

    def _parse(self, value: object) -> float | None:
        # bool is an int in Python, but true is no count.
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        if not math.isfinite(number) or (self.whole and not number.is_integer()):
            return None
        return number

    def allowed(self) -> str:
        """What is allowed, for messages."""
        noun = "a whole number" if self.whole else "a number"
        unit = f" of {self.unit}" if self.unit else ""
        if math.isinf(self.maximum):
            return f"{noun}{unit}, at least {self.minimum:g}"
        return f"{noun}{unit} from {self.minimum:g} to {self.maximum:g}"

    def schema(self) -> dict[str, Any]:
        described: dict[str, Any] = {
            "type": ["integer" if self.whole else "number", "string"],
            "minimum": self.minimum,
        }
        if not math.isinf(self.maximum):
            described["maximum"] = self.maximum
        return described


def seconds(minimum: float = 0, maximum: float = 7 * 24 * 3600) -> Number:
    """A duration; the upper limit catches milliseconds given by mistake."""
    return Number(minimum, maximum, unit="seconds")


@dataclass(frozen=True)
class Text:
    """A string that is not empty."""

    noun: str = "a string that is not empty"

    def read(self, key: str, value: object) -> str:
        if isinstance(value, str) and value.strip() and "\0" not in value:
            return value
        raise wrong(key, value, self.noun)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class PathList:
    """The path of a file, or a list of such paths."""

    noun: str

    def read(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            return (Text(self.noun).read(key, value),)
        if not value:
            raise wrong(key, value, self.noun)
        return tuple(
            Text("the path of a Python file").read(f"{key}[{index}]", path)
            for index, path in enumerate(value)
        )

    def schema(self) -> dict[str, Any]:
        path = {"type": "string", "minLength": 1}
        return {"anyOf": [path, {"type": "array", "items": path, "minItems": 1}]}


@dataclass(frozen=True)
class TextList:
    """A list of strings; one string is split at ``separator``, or is the only entry."""

    noun: str
    separator: str | None = ","

    def read(self, key: str, value: object) -> tuple[str, ...]:
        entries = value
        if isinstance(value, str):
            entries = [value] if self.separator is None else value.split(self.separator)
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise wrong(key, value, self.noun)
        return tuple(entry.strip() for entry in entries if entry.strip())

    def schema(self) -> dict[str, Any]:
        return {"type": ["array", "string"], "items": {"type": "string"}}


@dataclass(frozen=True)
class RouteList:
    """Patterns, or objects with a pattern and a pool; one string is the only pattern."""

    noun: str

    def read(self, key: str, value: object) -> tuple[OffloadedRoute, ...]:
        entries = [value] if isinstance(value, str) else value
        if not isinstance(entries, list):
            raise wrong(key, value, self.noun)
        read = (self._read(f"{key}[{index}]", entry) for index, entry in enumerate(entries))
        return tuple(route for route in read if route.pattern)

    @staticmethod
    def _read(key: str, entry: object) -> OffloadedRoute:
        if isinstance(entry, str):
            return OffloadedRoute(entry.strip())
        if (
            not isinstance(entry, Mapping)
            or not {"pattern"} <= set(entry) <= {"pattern", "pool"}
            or not all(isinstance(part, str) and part.strip() for part in entry.values())
        ):
            raise wrong(key, entry, 'a pattern, or {"pattern": a pattern, "pool": name of a pool}')
        return OffloadedRoute(**entry)

    def schema(self) -> dict[str, Any]:
        text = {"type": "string"}
        route = {
            "type": "object",
            "properties": {"pattern": text, "pool": text},
            "required": ["pattern"],
            "additionalProperties": False,
        }
        return {"type": ["array", "string"], "items": {"anyOf": [text, route]}}


@dataclass(frozen=True)
class Sections:
    """Objects by name; what they hold is read elsewhere."""

    noun: str

    def read(self, key: str, value: object) -> Mapping[str, Mapping[str, Any]]:
        if not isinstance(value, Mapping):
            raise wrong(key, value, self.noun)
        for name, section in value.items():
            if not isinstance(section, Mapping):
                raise wrong(f"{key}.{name}", section, "an object")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"type": "object"}}


@dataclass(frozen=True)
class Choice:
    """One member of an enumeration, by its value and in any case."""

    members: type[enum.Enum]

    def read(self, key: str, value: object) -> enum.Enum:
        for member in self.members:
            if isinstance(value, str) and value.strip().lower() == str(member.value).lower():
                return member
        raise wrong(key, value, " or ".join(f'"{member.value}"' for member in self.members))

    def schema(self) -> dict[str, Any]:
        return {"enum": [member.value for member in self.members]}
