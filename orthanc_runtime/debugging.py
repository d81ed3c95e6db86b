# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime serve --debug``: breakpoints of the script stop on its terminal.

The command tells Orthanc by variables of the environment, which workers inherit. While one of them
is set nothing has a deadline, also not what ``@offload(timeout=)`` says.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from typing import Any

# The path of a terminal.
TERMINAL = "ORTHANC_RUNTIME_TERMINAL"
# The TCP port of 127.0.0.1 where debugpy listens in a worker; the next free one above it.
DEBUGPY = "ORTHANC_RUNTIME_DEBUGPY"
_TRIED = 20


def is_debugging() -> bool:
    return TERMINAL in os.environ or DEBUGPY in os.environ


def prepare(who: str, listening: Callable[[int], object] | None = None) -> None:
    """From now on ``breakpoint()`` and ``pdb.set_trace()`` of this process stop for a person.

    ``who`` is shown there. ``listening`` hears the port of debugpy, which is for workers only.
    """
    terminal, port = os.environ.get(TERMINAL), os.environ.get(DEBUGPY)
    if terminal is not None:
        _use_terminal(terminal, who)
    if port is not None and listening is not None:
        listening(_listen(int(port)))


def _use_terminal(path: str, who: str) -> None:
    import pdb

    from .terminal_pdb import TerminalPdb

    def stop(*_: object, **__: object) -> None:
        # A new one each time: what was quit in one request shall not be in the next one.
        TerminalPdb(path, who).set_trace(sys._getframe(1))

    sys.breakpointhook = stop
    pdb.set_trace = stop


def _listen(port: int) -> int:
    debugpy: Any = importlib.import_module("debugpy")
    for candidate in range(port, port + _TRIED):
        try:
            debugpy.listen(("127.0.0.1", candidate))
        except RuntimeError as error:
            if "in use" not in str(error):
                raise
            continue
        return candidate
    raise RuntimeError(f"no free port between {port} and {port + _TRIED - 1} for debugpy")
