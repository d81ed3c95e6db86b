# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the machine: swap, shared memory, descriptors."""

from __future__ import annotations

from collections.abc import Iterator

from orthanc_runtime.cli.doctor.facts import Configured, Facts
from orthanc_runtime.findings import Finding, Level

MEGABYTE = 1024 * 1024
SMALL_SHARED_MEMORY = 256 * MEGABYTE
SWAP_IN_USE = 64 * MEGABYTE  # less is what has not been needed since the boot
# Of Orthanc itself: database, storage, log, DICOM, plugins.
BASE_DESCRIPTORS = 150
# Of a worker in Orthanc: lane, service socket, two pipes, two pidfds, status pipe.
DESCRIPTORS_PER_WORKER = 8


def swap_is_quiet(facts: Facts) -> Iterator[Finding]:
    machine = facts.machine
    if machine is None:
        return
    if machine.swap_used > SWAP_IN_USE:
        yield Finding(
            Level.WARNING,
            f"{machine.swap_used // MEGABYTE} MB of swap are in use",
            "a worker whose memory is on disk takes seconds where it took milliseconds",
            "lower Python.Workers.Count or set MaximumMemory, or add memory; vm.swappiness=1",
        )
    if machine.swap == 0:
        yield Finding(
            Level.NOTE,
            "there is no swap",
            "where memory runs out, the kernel ends a process at once; workers come before Orthanc",
            "set Python.Workers.MaximumMemory, so that workers that grow are replaced before",
            "Python.Workers.MaximumMemory",
        )


def shared_memory_is_there(facts: Facts) -> Iterator[Finding]:
    """This plugin does without, but not what handlers import."""
    machine = facts.machine
    if machine is None:
        return
    if machine.shared_memory is None:
        yield Finding(
            Level.WARNING,
            "there is no /dev/shm",
            "locks and queues of multiprocessing fail in handlers; this plugin needs none",
            "mount a tmpfs there; docker run --shm-size=1g",
        )
    elif machine.shared_memory < SMALL_SHARED_MEMORY:
        yield Finding(
            Level.NOTE,
            f"{machine.shared_memory // MEGABYTE} MB of shared memory (/dev/shm)",
            "too little for handlers that share arrays between processes, as data loaders of "
            "PyTorch do; this plugin needs none",
            "docker run --shm-size=1g, where handlers do so",
        )


def descriptors_suffice(facts: Facts) -> Iterator[Finding]:
    machine, configured = facts.machine, facts.configured
    if machine is None:
        return
    remedy = "systemd: LimitNOFILE=65536 in the unit; docker run --ulimit nofile=65536"
    used = machine.open_files_used
    if used is not None and used > machine.open_files * 4 // 5:
        yield Finding(
            Level.WARNING,
            f"Orthanc has {used} files and sockets open, {machine.open_files} are allowed",
            "without descriptors no worker is replaced, and no client answered",
            remedy,
        )
    elif configured is not None and configured.settings is not None:
        needed = _needed(configured)
        if needed > machine.open_files:
            yield Finding(
                Level.WARNING,
                f"about {needed} files and sockets are needed, {machine.open_files} are allowed",
                f"{configured.workers} workers and as many again during a reload, "
                f"{configured.settings.http_threads} connections",
                remedy,
            )


def _needed(configured: Configured) -> int:
    threads = 0 if configured.settings is None else configured.settings.http_threads
    return BASE_DESCRIPTORS + threads + 2 * DESCRIPTORS_PER_WORKER * configured.workers
