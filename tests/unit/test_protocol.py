# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames: golden files, every length, and bytes that are no frames."""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from orthanc_runtime import payload, protocol
from orthanc_runtime.lanes import FrameStream
from orthanc_runtime.protocol import (
    HEADER,
    MAGIC,
    ConnectionClosed,
    Frame,
    Kind,
    ProtocolError,
    TaskKind,
    pack,
)

pytestmark = pytest.mark.unit

FRAMES = Path(__file__).parents[1] / "data" / "frames"
GOLDEN = json.loads((FRAMES / "frames.json").read_text(encoding="utf-8"))


class Pair:
    """Two connected frame sockets, with deadlines."""

    def __init__(self) -> None:
        left, right = socket.socketpair()
        left.settimeout(20)
        right.settimeout(20)
        self.left, self.right = FrameStream(left), FrameStream(right)

    def raw(self, data: bytes, close: bool = True) -> None:
        """Send bytes as they are, while somebody else receives."""

        def send() -> None:
            try:
                self.left.socket.sendall(data)
                if close:
                    self.left.close()
            except BrokenPipeError:
                pass

        self.thread = threading.Thread(target=send, daemon=True)
        self.thread.start()


@pytest.fixture
def pair() -> Iterator[Pair]:
    pair = Pair()
    yield pair
    pair.left.close()
    pair.right.close()


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden_frames_are_read(pair: Pair, name: str) -> None:
    expected = GOLDEN[name]
    pair.raw((FRAMES / f"{name}.bin").read_bytes())
    frame = pair.right.receive()
    assert frame == Frame(
        expected["kind"],
        expected["depth"],
        expected["task"],
        expected["head"],
        bytes.fromhex(expected["body"]),
    )
    with pytest.raises(ConnectionClosed):
        pair.right.receive()


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden_frames_are_written(name: str) -> None:
    expected = GOLDEN[name]
    body = bytes.fromhex(expected["body"])
    packed = pack(
        expected["kind"], expected["task"], expected["depth"], expected["head"], len(body)
    )
    assert packed + body == (FRAMES / f"{name}.bin").read_bytes()


@pytest.mark.parametrize(
    "length",
    [0, 1, 100, FrameStream.BUFFER - 21, FrameStream.BUFFER, FrameStream.BUFFER + 1, 3_000_000],
)
@pytest.mark.parametrize("kind", [Kind.OUTPUT, Kind.TASK])
def test_bodies_of_all_lengths(pair: Pair, length: int, kind: Kind) -> None:
    body = random.Random(length).randbytes(length)
    head = [TaskKind.FUNCTION if length <= FrameStream.BUFFER else TaskKind.REST, "m:f"]
    half = length // 2

    def send() -> None:
        for task in (1, 2):
            pair.left.send(kind, task, 3, head, body[:half], memoryview(body)[half:])

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    for task in (1, 2):
        frame = pair.right.receive()
        assert frame == Frame(kind, 3, task, head, body)
        if 0 < length <= FrameStream.BUFFER:
            assert type(frame.body) is (bytearray if kind == Kind.TASK else bytes)
    thread.join(10)


def test_large_calls_arrive_in_objects_of_their_own(pair: Pair) -> None:
    numpy = pytest.importorskip("numpy")
    data, array, small = b"x" * 300_001, numpy.arange(50_000), bytearray(b"y" * 100_000)
    parts = payload.encode_call((data, array, small), {"k": data})
    thread = threading.Thread(
        target=lambda: pair.left.send(Kind.TASK, 1, 0, [TaskKind.FUNCTION, "m:f"], *parts),
        daemon=True,
    )
    thread.start()
    packed, buffers = pair.right.receive().body
    assert [type(each) for each in buffers] == [bytes, bytearray, bytes]
    (first, second, third), keywords = payload.decode_call((packed, buffers))
    assert first is buffers[0]
    assert (first, third, keywords) == (data, small, {"k": data})
    assert (second == array).all()
    second += 1  # in the memory that was received


@pytest.mark.parametrize(
    ("prefix", "text"),
    [
        ((1, 0, 8), "a prefix"),
        ((2, 2**31, 8), "a prefix"),
        ((2, 0, 2**40), "shorter"),
        ((2, 1, 8, 2**63 + 2**40), "shorter"),
        ((2, 1, 8, 8), "longer"),
    ],
)
def test_large_calls_with_wrong_lengths_are_refused(
    pair: Pair, prefix: tuple[int, ...], text: str
) -> None:
    body = struct.pack(f"<IIQ{len(prefix) - 3}Q", *prefix) + bytes(100_000)
    thread = threading.Thread(
        target=lambda: pair.left.send(Kind.TASK, 1, 0, [TaskKind.FUNCTION, "m:f"], body),
        daemon=True,
    )
    thread.start()
    with pytest.raises(ProtocolError, match=text):
        pair.right.receive()


def test_many_parts_arrive_in_order(pair: Pair) -> None:
    parts = [bytes([number % 256]) * 1000 for number in range(300)]
    thread = threading.Thread(
        target=lambda: pair.left.send(Kind.DONE, 1, 0, [], *parts), daemon=True
    )
    thread.start()
    assert pair.right.receive().body == b"".join(parts)


def test_small_frames_one_after_the_other(pair: Pair) -> None:
    random_lengths = random.Random(1)
    bodies = [random_lengths.randbytes(random_lengths.randrange(2000)) for _ in range(500)]

    def send() -> None:
        for body in bodies:
            pair.left.send(Kind.OUTPUT, 1, 0, ["x", len(body)], body)

    threading.Thread(target=send, daemon=True).start()
    assert [pair.right.receive().body for _ in bodies] == bodies


def test_other_bytes_in_text_survive(pair: Pair) -> None:
    pair.left.send(Kind.LOG, 1, 0, ["\udcff\udc80", "grün"])
    assert pair.right.receive().head == ["\udcff\udc80", "grün"]


def test_every_truncation_is_noticed() -> None:
    data = (FRAMES / "task-rest-post.bin").read_bytes()
    for length in range(1, len(data)):
        pair = Pair()
        pair.raw(data[:length])
        with pytest.raises(ProtocolError, match="within a frame"):
            pair.right.receive()
        pair.right.close()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (HEADER.pack(MAGIC + 1, 2, 0, 0, 0, 1), "begins with 0x5250"),
        (b"GET / HTTP/1.1\r\nHost: here\r\n", "begins with"),
        (HEADER.pack(MAGIC, 2, 0, protocol.MAXIMUM_HEAD + 1, 0, 1), "at most 16777216"),
        (HEADER.pack(MAGIC, 2, 0, 1, 0, 1) + b"\xc1", "not MessagePack"),
        (HEADER.pack(MAGIC, 2, 0, 2, 0, 1) + b"\x00\x00", "not MessagePack"),
    ],
)
def test_what_is_no_frame_is_refused(pair: Pair, data: bytes, text: str) -> None:
    pair.raw(data)
    with pytest.raises(ProtocolError, match=text):
        pair.right.receive()


def test_random_damage_gives_a_frame_or_a_named_error() -> None:
    chance = random.Random(20)
    frames = [path.read_bytes() for path in sorted(FRAMES.glob("*.bin"))]
    for _ in range(500):
        data = bytearray(chance.choice(frames))
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        # Lengths of a damaged header would only make the receiver allocate.
        data[8:12] = chance.randrange(512).to_bytes(4, "little")
        pair = Pair()
        pair.raw(bytes(data))
        try:
            while True:
                pair.right.receive()
        except (ProtocolError, ConnectionClosed):
            pass
        finally:
            pair.right.close()


def test_too_large_frames_are_refused_before_a_byte_is_sent(pair: Pair) -> None:
    with pytest.raises(ValueError, match="head of"):
        pair.left.send(Kind.LOG, 1, 0, ["x" * (protocol.MAXIMUM_HEAD + 1)])
    with pytest.raises(ValueError, match="at most 4294967295"):
        pack(Kind.OUTPUT, 1, 0, [], 2**32)
    pair.left.close()
    with pytest.raises(ConnectionClosed):
        pair.right.receive()
