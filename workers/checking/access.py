# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a script that guards Orthanc should know of its own workers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from orthanc_runtime.findings import Finding, Level

from .registrations import Registration

GUARDS = ("RegisterIncomingHttpRequestFilter", "RegisterHttpAuthentication")


def check_access(
    registrations: Iterable[Registration], handlers: Collection[str]
) -> Iterator[Finding]:
    """``handlers`` run in workers, whose token opens every door."""
    for registration in registrations if handlers else ():
        if registration.function.startswith(GUARDS):
            yield Finding(
                Level.NOTE,
                f"what handlers in workers ask by rest does not reach {registration.function}",
                "rest and orthanc.RestApiGet() have the rights of Orthanc itself",
                "check paths and identifiers that come from a client before they go into rest",
                registration.registered_at,
            )
            return
