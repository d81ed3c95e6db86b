# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The load generator against a small server in this process."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orthanc_runtime.cli import main
from orthanc_runtime.cli.http_answer import AnswerError, AnswerParser
from orthanc_runtime.cli.http_load import Level, run_level
from orthanc_runtime.cli.http_target import make_target
from orthanc_runtime.cli.load import parse_concurrency, parse_header
from orthanc_runtime.cli.load_report import make_rows, percentile, to_json

pytestmark = pytest.mark.unit

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each request with what ``answer`` makes of its number; None closes without a word."""

    def __init__(self, answer: Callable[[int], bytes | None]) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self._answer = answer
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port: int = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                answer = self._answer(len(self.requests))
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if b"Connection: close" in answer:
                    break
        writer.close()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def measure(url: str, requests: int, concurrency: int, timeout: float = 10.0) -> Level:
    target = make_target(url, [])
    level = Level(target.url, concurrency)
    asyncio.run(asyncio.wait_for(run_level(target, level, requests, timeout), 30))
    return level


def test_every_request_is_sent_once_over_kept_connections() -> None:
    with Server(lambda _: OK) as server:
        level = measure(server.url + "/a?b=1", requests=50, concurrency=4)
    assert level.statuses == {200: 50}
    assert not level.errors
    assert len(level.latencies) == 50
    assert level.complete
    assert len(server.requests) == 50
    assert server.connections == 4
    assert server.requests[0].startswith(b"GET /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:")


def test_only_successful_answers_count_as_throughput() -> None:
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    with Server(lambda number: busy if number % 2 else OK) as server:
        level = measure(server.url, requests=10, concurrency=1)
    assert level.statuses == {200: 5, 503: 5}
    assert len(level.latencies) == 5


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (None, "connection closed without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", None),
        (b"SSH-2.0-x\r\n\r\n", "not an HTTP answer: b'SSH-2.0-x'"),
    ],
)
def test_broken_answers_are_counted_and_named(answer: bytes | None, error: str | None) -> None:
    with Server(lambda _: answer) as server:
        level = measure(server.url, requests=3, concurrency=1, timeout=0.2)
    assert level.errors == {error or "timeout": 3}
    assert not level.statuses


def test_connection_that_ends_within_an_answer() -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nab"
    with Server(lambda _: cut) as server:
        level = measure(server.url, requests=2, concurrency=1)
    assert level.errors == {"connection closed in the middle of an answer": 2}


@pytest.mark.parametrize("length", [b"Content-Length: 2\r\n", b""])
def test_server_that_closes_each_connection(length: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\n" + length + b"Connection: close\r\n\r\nok"
    with Server(lambda _: answer) as server:
        level = measure(server.url, requests=6, concurrency=2)
    assert level.statuses == {200: 6}
    assert server.connections == 6


def test_a_silent_server_ends_at_the_deadline(silent_port: int) -> None:
    level = measure(f"http://127.0.0.1:{silent_port}/", requests=2, concurrency=2, timeout=0.2)
    assert level.errors == {"timeout": 2}
    assert level.seconds < 5


def test_nobody_listens(silent_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert main(["load", f"http://127.0.0.1:{port}/"]) == 1
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "connection refused" in captured.err
    assert port != silent_port


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_parser_takes_answers_in_pieces_of_any_size(size: int) -> None:
    chunked = (
        b"HTTP/1.1 100 Continue\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"4\r\nwiki\r\n5;x=y\r\npedia\r\n0\r\n\r\n"
    )
    for answer in (OK, chunked, b"HTTP/1.1 204 No Content\r\n\r\n"):
        parser = AnswerParser()
        pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
        assert [parser.feed(piece) for piece in pieces] == [False] * (len(pieces) - 1) + [True]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"x" * 70_000,
    ],
)
def test_parser_refuses(answer: bytes) -> None:
    with pytest.raises(AnswerError):
        AnswerParser().feed(answer)


def test_percentiles_are_nearest_ranks() -> None:
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([7.0], 0.99) == 7
    assert percentile([], 0.5) is None


def test_speedups() -> None:
    levels = [
        Level("one", 1, 1.0, True, [0.1] * 10),
        Level("one", 2, 1.0, True, [0.1] * 11),
        Level("two", 1, 1.0, True, [0.1] * 10),
        Level("two", 2, 1.0, True, [0.1] * 22),
        Level("two", 4, 1.0, True, []),
    ]
    rows = make_rows(levels)
    assert [row.speedup for row in rows] == [1.0, 1.1, 1.0, 2.2, 0.0]
    assert [row.against_first for row in rows] == [1.0, 1.0, 1.0, 2.0, None]
    assert json.loads(to_json(rows))["levels"][4]["p50_ms"] is None


def test_command_prints_a_table_and_writes_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    with Server(lambda _: OK) as server:
        options = ["--concurrency", "1,2", "--requests", "8", "--json", str(report)]
        code = main(["load", server.url, server.url + "/x", *options, "--header", "X-Key: v w"])
    assert code == 0
    assert b"\r\nX-Key: v w\r\n" in server.requests[0]
    levels = json.loads(report.read_text())["levels"]
    assert [level["concurrency"] for level in levels] == [1, 2, 1, 2]
    assert all(level["statuses"] == {"200": 8} for level in levels)
    printed = capsys.readouterr().out
    assert "speed-up" in printed
    assert "8 x 200" in printed


def test_ctrl_c_shows_what_was_measured() -> None:
    silence = b"HTTP/1.1 100 Continue\r\n\r\n"  # from the third request on
    with Server(lambda number: OK if number <= 2 else silence) as server:
        command = [sys.executable, "-m", "orthanc_runtime.cli", "load", server.url]
        process = subprocess.Popen(
            [*command, "--concurrency", "1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + 20
        while len(server.requests) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "2 x 200, stopped early" in output
    assert "Traceback" not in output


def test_no_success_is_a_failure() -> None:
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    with Server(lambda _: missing) as server:
        assert main(["load", server.url, "--concurrency", "1", "--requests", "2"]) == 1


def test_password_goes_into_a_header_and_not_into_the_table() -> None:
    target = make_target("http://alice:p%40ss@localhost:8042/x", [])
    assert b"Authorization: Basic YWxpY2U6cEBzcw==\r\n" in target.request
    assert target.url == "http://localhost:8042/x"


def test_options_are_parsed() -> None:
    assert parse_concurrency("1,2,2,8") == [1, 2, 8]
    assert parse_header("Authorization: Bearer x:y") == ("Authorization", "Bearer x:y")


@pytest.mark.parametrize(
    "arguments",
    [
        ["load"],
        ["load", "http://localhost/", "--concurrency", "0"],
        ["load", "http://localhost/", "--concurrency", "a"],
        ["load", "http://localhost/", "--header", "novalue"],
        ["load", "http://localhost/", "--requests", "0"],
        ["load", "ftp://localhost/"],
        ["load", "http://localhost:port/"],
        ["load", "http://localhost/a b"],
    ],
)
def test_bad_arguments_are_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) in (1, 2)
    error = capsys.readouterr().err
    assert error.startswith("orthanc-runtime: ")
    assert error.count("\n") == 1


def test_a_picture_of_the_latencies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "load.png"
    with Server(lambda _: OK) as server:
        arguments = [f"{server.url}/a", f"{server.url}/b", "--requests", "20"]
        assert main(["load", *arguments, "--concurrency", "1,2", "--plot", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    capsys.readouterr()


def test_a_picture_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "load.svg"
    with Server(lambda _: b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n") as server:
        assert main(["load", server.url, "--requests", "2", "--plot", str(picture)]) == 1
    assert b"<svg" in picture.read_bytes()
    capsys.readouterr()


@pytest.mark.parametrize(
    ("name", "installed", "message"),
    [("load.txt", True, "ends in .png"), ("load.png", False, "-m pip install matplotlib")],
)
def test_a_picture_that_cannot_be_made(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    installed: bool,
    message: str,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object() if installed else None)
    assert main(["load", "http://localhost:1", "--plot", name]) == 1
    assert message in capsys.readouterr().err
