# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of the SDK that live in Orthanc, while the worker has their number."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from .calls import Calls


class Held:
    """Base of ``orthanc.Image`` and its like.

    It lives in Orthanc until the worker drops it, leaves its ``with`` block, or its task ends;
    then its methods raise OrthancException (6, ...). Made where no task runs (in a hook of
    ``on_worker_start``, or in a thread), it lives as long as the worker, and every task may use
    it.
    """

    __slots__ = ("__weakref__", "_calls", "_number")

    _calls: Calls
    _number: int

    def __new__(cls, *_: object, **__: object) -> Held:
        raise TypeError(f"orthanc.{cls.__name__}: No constructor defined!")

    def __enter__(self) -> Held:
        return self

    def __exit__(self, *_: object) -> None:
        self._calls.drop(self._number)
        self._calls.free_dropped()

    def __del__(self) -> None:
        # It may run anywhere, even while a frame is being sent: the next call tells Orthanc.
        self._calls.drop(self._number)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"cannot pickle 'orthanc.{type(self).__name__}' object")


def maker(held: type[Held], calls: Calls) -> Callable[[int], Held]:
    """From a number that Orthanc has given to an object."""

    def make(number: int) -> Held:
        made = object.__new__(held)
        made._calls = calls
        made._number = number
        return made

    return make
