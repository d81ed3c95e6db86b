# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which callbacks a script registers, where they stand, and where they run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from orthanc_runtime.offload import Offloaded, offloaded_within
from orthanc_runtime.role import RestRoute

from .places import name_of, place_of, place_of_frame

REST_ROUTES = ("RegisterRestCallback", "RegisterChunkedRestCallback")


@dataclass(frozen=True)
class Registration:
    """One callback of one call of ``Register...``."""

    function: str
    """``RegisterRestCallback``"""
    subject: str
    """Pattern of a route, URI of a WebDAV collection; empty where there is none."""
    callback: Any
    registered_at: str
    route: RestRoute | None
    """Of a REST callback."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "registered_by": self.function,
            "subject": self.subject,
            "callback": name_of(self.callback),
            "place": place_of(self.callback),
            "registered_at": self.registered_at,
            "offloaded": self._offloaded(),
        }

    def _offloaded(self) -> dict[str, Any] | None:
        if self.function in REST_ROUTES:
            route = self.route
            if route is None or not route.offloaded:
                return None
            return limits(route.pool, route.timeout, route.concurrency, route.idempotent)
        offloaded = offloaded_within(self.callback)
        return None if offloaded is None else limits_of(offloaded)


def limits_of(offloaded: Offloaded[..., Any]) -> dict[str, Any]:
    """How workers run it."""
    return limits(offloaded.pool, offloaded.timeout, offloaded.concurrency, offloaded.idempotent)


def limits(pool: str, timeout: float | None, concurrency: int, idempotent: bool) -> dict[str, Any]:
    return {
        "pool": pool,
        "timeout": timeout,
        "concurrency": concurrency,
        "idempotent": idempotent,
    }


class Recorder:
    """Notes each call of ``Register...`` of a module ``orthanc``, which is made all the same."""

    def __init__(self) -> None:
        self.registrations: list[Registration] = []
        self.routes: list[tuple[Callable[..., object], RestRoute]] = []
        """What the role has made of the routes of the call under way."""

    def listen(self, orthanc: ModuleType) -> None:
        names = vars(orthanc)
        for name, function in list(names.items()):
            if name.startswith("Register"):
                names[name] = self._noting(name, function)

    def _noting(self, name: str, register: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*arguments: Any, **keywords: Any) -> Any:
            self.routes.clear()
            result = register(*arguments, **keywords)
            given = [*arguments, *keywords.values()]
            subject = next((value for value in given if isinstance(value, str)), "")
            place = place_of_frame(sys._getframe(1))
            for value in given:
                if value is not None and not isinstance(value, (str, bytes, int)):
                    self._note(name, subject, value, place)
            return result

        noting.__name__ = noting.__qualname__ = name
        noting.__module__ = "orthanc"
        return noting

    def _note(self, name: str, subject: str, callback: Any, place: str) -> None:
        route = next((made for known, made in self.routes if known is callback), None)
        self.registrations.append(Registration(name, subject, callback, place, route))
