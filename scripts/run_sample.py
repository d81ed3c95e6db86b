# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``make run`` does after the build: Orthanc with a sample, some images, a load test.

Serves until Ctrl-C; whatever ends this program ends Orthanc with it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydicom.data import get_testdata_file

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.parent_death import die_with
from orthanc_runtime.cli.ports import choose_port
from orthanc_runtime.usable_cores import usable_cores

SAMPLE = Path("samples/computation")
STORAGE = Path("run/storage")
# They are part of pydicom's package; the last one has no pixels.
IMAGES = ("CT_small.dcm", "MR_small.dcm", "rtplan.dcm")

START_DEADLINE = 90.0
STOP_DEADLINE = 40.0  # above that of serve
LOAD_SECONDS = 18.0
CALIBRATION = 500_000  # terms


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--load", default="1", help="0 leaves the load test out")
    load = options.parse_args().load != "0"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        http_port = choose_port(8042, "HTTP")
        dicom_port = choose_port(4242, "DICOM", frozenset({http_port}))
        with _terminal(), _orthanc(http_port, dicom_port) as server:
            return _show(server, f"http://localhost:{http_port}", dicom_port, load)
    except CommandError as error:
        print(f"make run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _show(server: subprocess.Popen[bytes], url: str, dicom_port: int, load: bool) -> int:
    _wait_ready(server, url)
    instances = [_upload(url, name) for name in IMAGES]
    print(f"\nOrthanc serves {url}/ and DICOM on port {dicom_port}; {SAMPLE}/README.md says more")
    print(f"  {url}/computation?n=5000000         in a worker")
    print(f"  {url}/computation-master?n=5000000  in Orthanc itself")
    for name, instance in zip(IMAGES, instances, strict=True):
        print(f"  {url}/statistics/{instance}  {name}")
    print(f"Try: curl '{url}/computation?n=5000000'\n", flush=True)
    if load:
        _measure(url)
    print("Serving until Ctrl-C", flush=True)
    code = server.wait()
    print(f"make run: Orthanc ended with code {code}", file=sys.stderr)
    return code


def _measure(url: str) -> None:
    """The load test of both routes, with work that makes it last about LOAD_SECONDS."""
    cores = min(usable_cores(), 24)
    requests = cores * (6 if cores <= 4 else 2)
    levels = [1] if cores == 1 else [1, cores]
    # The route in the master takes the same time at each level, the offloaded one only a share.
    rounds = sum(1 + 1 / level for level in levels)
    _get(f"{url}/computation?n={CALIBRATION}")  # the first one may still wait for the workers
    per_term = min(_seconds(f"{url}/computation?n={CALIBRATION}") for _ in range(3)) / CALIBRATION
    terms = max(int(LOAD_SECONDS / rounds / requests / per_term), 10_000)
    print(f"One core against {cores}: {requests} requests per line, about {LOAD_SECONDS:.0f} s")
    command = [
        *_command("load"),
        *(f"{url}/{route}?n={terms}" for route in ("computation-master", "computation")),
        f"--concurrency={','.join(map(str, levels))}",
        f"--requests={requests}",
    ]
    print("orthanc-runtime " + " ".join(command[1:]), flush=True)
    with _child(command) as process:
        process.wait(LOAD_SECONDS * 10)


@contextmanager
def _orthanc(http_port: int, dicom_port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        *_command("serve"),
        str(SAMPLE / "computation.py"),
        f"--config={SAMPLE / 'orthanc.json'}",
        f"--storage={STORAGE}",
        f"--http-port={http_port}",
        f"--dicom-port={dicom_port}",
    ]
    with _child(command) as process:
        yield process


@contextmanager
def _child(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that hears of Ctrl-C from here only, and has ended afterwards."""
    parent = os.getpid()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, process_group=0, preexec_fn=lambda: die_with(parent)
    )
    try:
        yield process
    finally:
        while process.poll() is None:
            try:
                process.send_signal(signal.SIGINT)
                process.wait(STOP_DEADLINE)
            except KeyboardInterrupt:
                continue  # asked again: so is the child
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def _terminal() -> Iterator[None]:
    """Take Ctrl-C from the terminal alone, where make would report it as a failure."""
    if not os.isatty(0) or os.tcgetpgrp(0) != os.getpgrp():
        yield
        return
    former = os.getpgrp()
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    try:
        yield
    finally:
        with suppress(OSError):  # a shell that has gone needs it no more
            os.tcsetpgrp(0, former)


def _wait_ready(server: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise CommandError("Orthanc did not start; its log above says why")
        try:
            _get(f"{url}/system", timeout=2)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CommandError(f"Orthanc did not answer within {START_DEADLINE:.0f} s")


def _upload(url: str, name: str) -> str:
    path = get_testdata_file(name, download=False)
    if not isinstance(path, str):
        raise CommandError(f"this version of pydicom has no {name}")
    answer = json.loads(_get(f"{url}/instances", Path(path).read_bytes()))
    return str(answer["ID"])


def _seconds(url: str) -> float:
    return float(json.loads(_get(url))["seconds"])


def _get(url: str, body: bytes | None = None, timeout: float = 60) -> bytes:
    # Without the proxies of the environment: this is the machine itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, body), timeout=timeout) as answer:
        content: bytes = answer.read()
        return content


def _command(name: str) -> list[str]:
    return [str(Path(sys.executable).with_name("orthanc-runtime")), name]


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
