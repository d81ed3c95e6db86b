# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that the ``orthanc`` module has not, or that the running Orthanc cannot serve.

The plugin may be built with the SDK of a newer Orthanc than the one that loads it. There, a
function that this Orthanc does not know fails without saying why, or does nothing at all.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn, Protocol

from .errors import OrthancException

Version = tuple[int, int, int]

UNKNOWN_PLUGIN_SERVICE = 26

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class Sdk(Protocol):
    """The module ``orthanc_runtime.sdk``."""

    SDK_VERSION: str
    SINCE: dict[str, Version]
    """``StoreKeyValue``, ``RestOutput.SendStreamChunk``: those that the oldest SDK lacks."""


def unknown_name(module: ModuleType, sdk: Sdk) -> Callable[[str], NoReturn]:
    """The ``__getattr__`` of the module: which SDK has that name, or which one is meant."""

    def __getattr__(name: str) -> NoReturn:  # noqa: N807
        raise AttributeError(_explanation(name, module, sdk), name=name, obj=module)

    return __getattr__


def refuse_newer(module: ModuleType, sdk: Sdk, orthanc_version: str) -> list[str]:
    """Have everything raise that the running Orthanc lacks; its names, sorted.

    ``orthanc_version`` is ``1.12.8`` or, of a development version, a text without numbers, which
    is newer than any.
    """
    running = _version(orthanc_version)
    if running is None:
        return []
    newer = {name: since for name, since in sdk.SINCE.items() if since > running}
    refused = []
    for name, since in newer.items():
        owner_name, _, function = name.rpartition(".")
        owner: Any = vars(module).get(owner_name) if owner_name else module
        # nobody can call the methods of a class that is newer itself
        if owner is None or owner_name in newer:
            continue
        found = vars(owner).get(function)
        # classes stay, for annotations, and so do enumerations
        if found is None or isinstance(found, type):
            continue
        setattr(owner, function, _refusing(name, since, orthanc_version))
        refused.append(name)
    return sorted(refused)


def _refusing(name: str, since: Version, orthanc_version: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OrthancException(
            UNKNOWN_PLUGIN_SERVICE,
            f"orthanc.{name} needs Orthanc {_text(since)}, this is Orthanc {orthanc_version}",
        )

    refuse.__name__ = name.rpartition(".")[2]
    refuse.__qualname__ = name
    refuse.__module__ = "orthanc"
    return refuse


def _explanation(name: str, module: ModuleType, sdk: Sdk) -> str:
    message = f"module 'orthanc' has no attribute {name!r}"
    if name.startswith("_"):
        return message
    since = sdk.SINCE.get(name)
    if since is not None:
        return (
            f"{message}: it came with SDK {_text(since)}, this plugin was built with "
            f"SDK {sdk.SDK_VERSION}"
        )
    near = difflib.get_close_matches(name, [n for n in vars(module) if not n.startswith("_")], 1)
    return f"{message}; did you mean {near[0]!r}?" if near else message


def _version(text: str) -> Version | None:
    found = _VERSION.match(text)
    if found is None:
        return None
    major, minor, revision = map(int, found.groups())
    return major, minor, revision


def _text(version: Version) -> str:
    return ".".join(map(str, version))
