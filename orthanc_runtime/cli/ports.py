# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Free TCP ports, and who holds the others."""

from __future__ import annotations

import contextlib
import socket
import sys
from pathlib import Path

from orthanc_runtime.cli.command_error import CommandError

_LISTEN = "0A"  # state of a socket in /proc/net/tcp
_TRIED = 200


def is_free(port: int) -> bool:
    """Whether Orthanc could listen on this port, on all interfaces as it does by default."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Orthanc does: connections in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104
        except PermissionError:
            raise CommandError(f"port {port} needs root; choose one above 1023") from None
        except OSError:
            return False
    return True


def free_port(wanted: int, taken: frozenset[int] = frozenset()) -> int:
    """``wanted``, or the next port above it that is free and not in ``taken``."""
    for port in range(wanted, min(wanted + _TRIED, 65536)):
        if port not in taken and is_free(port):
            return port
    raise CommandError(f"no free port between {wanted} and {wanted + _TRIED - 1}")


def choose_port(wanted: int, kind: str, taken: frozenset[int] = frozenset()) -> int:
    """``free_port``, telling who has the port that was wanted."""
    port = free_port(wanted, taken)
    if port != wanted:
        by = "the other port of this server" if wanted in taken else owner(wanted)
        print(f"{kind} port {wanted} is used by {by}; taking {port}", file=sys.stderr, flush=True)
    return port


def owner(port: int) -> str:
    """Who listens on this port, as far as this user may see."""
    inodes = _listening_inodes(port)
    if not inodes:
        return "a socket that does not listen"
    names = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _holds(process, names):
            command = (process / "comm").read_text(errors="replace").strip()
            return f"{command} (pid {process.name})"
    return "a process of another user"


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(fields[9])
    return inodes


def _holds(process: Path, names: set[str]) -> bool:
    try:
        entries = list((process / "fd").iterdir())
    except OSError:  # ended meanwhile, or not ours to read
        return False
    for entry in entries:
        with contextlib.suppress(OSError):  # closed meanwhile: of this process, the folder itself
            if str(entry.readlink()) in names:
                return True
    return False
