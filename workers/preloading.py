# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role of the fork server, while it imports the modules of ``Preload``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from orthanc_runtime.errors import StartupError
from orthanc_runtime.offload import Offloaded
from orthanc_runtime.role import Outside


class Preloading(Outside):
    """Keeps what these modules declare for the workers, where they are not imported again."""

    def __init__(self) -> None:
        self.declared: list[Offloaded[..., Any]] = []
        self.hooks: list[tuple[Callable[[], object], str | None]] = []

    def declare(self, offloaded: Offloaded[..., Any]) -> None:
        self.declared.append(offloaded)

    def on_worker_start(self, hook: Callable[[], object], pool: str | None) -> None:
        self.hooks.append((hook, pool))

    def call(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],  # noqa: ARG002
        keywords: Mapping[str, Any],  # noqa: ARG002
    ) -> NoReturn:
        raise StartupError(
            f"{offloaded!r} was called while its module is preloaded, before there are workers"
        )

    submit = call
