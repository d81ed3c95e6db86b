# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of the SDK's enumerations, in both interpreters."""

from __future__ import annotations

import enum
from typing import Any

from .carried import is_carrying, member


class OrthancEnum(enum.IntEnum):
    """An enumeration of Orthanc's SDK: its members are ints, and are pickled as plain ints.

    So a value can be sent to a process that has no ``orthanc`` module, or one of another SDK. A
    worker has the same one: to and from workers members travel as such.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # set after Enum has chosen how members are pickled, by the class statement's module
        cls.__module__ = "orthanc"

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        if is_carrying():
            return member, (type(self).__name__, int(self))
        return int, (int(self),)

    @classmethod
    def member_or_int(cls, value: int) -> int:
        """The member of that value; a value that a newer Orthanc has brought stays an int."""
        try:
            return cls(value)
        except ValueError:
            return value
