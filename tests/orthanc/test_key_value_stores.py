# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key-value stores, queues, stable status and audit logs of newer SDKs."""

from __future__ import annotations

from typing import Any

import pytest
from dicom_files import dicom_bytes
from plugin_choice import reference_chosen
from sdk_session import SCRIPT, evaluate
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.sdk(1, 12, 8)]

OUT_OF_RANGE, BAD_SEQUENCE, UNKNOWN_RESOURCE = 3, 6, 17
NOTHING = {"type": "NoneType", "value": None}


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT)
    return started


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """The store or queue of one test."""
    return str(request.node.name)


def data(value: str) -> dict[str, Any]:
    return {"type": "bytes", "value": value}


@pytest.mark.parametrize(
    ("given", "stored"), [("b'v\\0w'", "v\0w"), ("'text'", "text"), ("bytearray(b'x')", "x")]
)
def test_a_value_comes_back(server: OrthancServer, name: str, given: str, stored: str) -> None:
    key = f"{name!r}, 'key'"
    assert evaluate(server, f"orthanc.GetKeyValue({key})") == NOTHING
    assert evaluate(server, f"orthanc.StoreKeyValue({key}, {given})") == NOTHING
    assert evaluate(server, f"orthanc.GetKeyValue({key})") == data(stored)
    assert evaluate(server, f"orthanc.DeleteKeyValue({key})") == NOTHING
    assert evaluate(server, f"orthanc.GetKeyValue({key})") == NOTHING
    assert evaluate(server, f"orthanc.DeleteKeyValue({key})") == NOTHING


def test_a_large_value(server: OrthancServer, name: str) -> None:
    stored = f"orthanc.StoreKeyValue({name!r}, 'key', body)"
    value = bytes(range(256)) * 4096 * 4
    assert evaluate(server, stored, value) == NOTHING
    same = evaluate(server, f"orthanc.GetKeyValue({name!r}, 'key') == body", value)
    assert same["value"] is True


def test_all_values_of_a_store(server: OrthancServer, name: str) -> None:
    for key in ("b", "a", "c"):
        evaluate(server, f"orthanc.StoreKeyValue({name!r}, {key!r}, 'of ' + {key!r})")
    made = f"orthanc.CreateKeysValuesIterator({name!r})"
    assert evaluate(server, made)["type"] == "KeysValuesIterator"
    step = "[type(i.Next()).__name__, i.GetKey(), i.GetValue().decode()]"
    steps = f"(lambda i: [i.GetKey(), {step}, {step}, {step}, i.Next(), i.GetKey()])({made})"
    in_order = [["bool", key, f"of {key}"] for key in ("a", "b", "c")]
    assert evaluate(server, steps)["value"] == [None, *in_order, False, None]


def test_an_iterator_is_at_no_value(server: OrthancServer) -> None:
    made = "orthanc.CreateKeysValuesIterator('empty')"
    assert evaluate(server, f"{made}.GetValue()")["code"] == BAD_SEQUENCE
    assert "error" in evaluate(server, f"(lambda i: [i.Next(), i.Next()])({made})")


def test_an_empty_store(server: OrthancServer) -> None:
    made = "orthanc.CreateKeysValuesIterator('empty')"
    assert evaluate(server, f"{made}.Next()") == {"type": "bool", "value": False}


@pytest.mark.runtime_only
def test_bad_arguments(server: OrthancServer, name: str) -> None:
    assert evaluate(server, f"orthanc.StoreKeyValue({name!r}, 'k', 5)")["error"] == "TypeError"
    nul = evaluate(server, f"orthanc.GetKeyValue({name!r}, 'a\\0b')")
    assert nul["error"] == "ValueError"
    assert "NUL" in nul["args"][0]


def test_a_queue_has_two_ends(server: OrthancServer, name: str) -> None:
    assert evaluate(server, f"orthanc.GetQueueSize({name!r})") == {"type": "int", "value": 0}
    for value in ("b'1'", "'2'", "b'3\\0'"):
        assert evaluate(server, f"orthanc.EnqueueValue({name!r}, {value})") == NOTHING
    assert evaluate(server, f"orthanc.GetQueueSize({name!r})")["value"] == 3
    front, back = "orthanc.QueueOrigin.FRONT", "orthanc.QueueOrigin.BACK"
    assert evaluate(server, f"orthanc.DequeueValue({name!r}, {back})") == data("3\0")
    assert evaluate(server, f"orthanc.DequeueValue({name!r}, {front})") == data("1")
    assert evaluate(server, f"orthanc.DequeueValue({name!r}, {front})") == data("2")
    assert evaluate(server, f"orthanc.DequeueValue({name!r}, {front})") == NOTHING


@pytest.mark.sdk(1, 12, 10)
def test_a_reserved_value_is_acknowledged(server: OrthancServer, name: str) -> None:
    evaluate(server, f"orthanc.EnqueueValue({name!r}, b'1')")
    reserve = f"orthanc.ReserveQueueValue({name!r}, 0, 100)"
    facts = "(lambda v: [type(v).__name__, type(v[0]).__name__, v[0].decode(), v[1]])"
    kind, value_kind, value, identifier = evaluate(server, f"{facts}({reserve})")["value"]
    assert (kind, value_kind, value) == ("tuple", "bytes", "1")
    nothing = {"type": "tuple", "value": [None, None]}
    assert evaluate(server, reserve) == nothing
    assert evaluate(server, f"orthanc.GetQueueSize({name!r})")["value"] == 1
    acknowledge = f"orthanc.AcknowledgeQueueValue({name!r}, {identifier})"
    assert evaluate(server, acknowledge) == NOTHING
    assert evaluate(server, f"orthanc.GetQueueSize({name!r})")["value"] == 0
    assert evaluate(server, acknowledge)["code"] == UNKNOWN_RESOURCE


@pytest.mark.sdk(1, 12, 10)
def test_a_value_must_be_reserved_for_some_time(server: OrthancServer, name: str) -> None:
    failed = evaluate(server, f"orthanc.ReserveQueueValue({name!r}, 0, 0)")
    assert "error" in failed
    if not reference_chosen():  # which raises TypeError
        assert failed["code"] == OUT_OF_RANGE


@pytest.mark.sdk(1, 12, 9)
def test_stable_status(server: OrthancServer) -> None:
    server.upload(dicom_bytes())
    (study,) = server.get("/studies").json()
    stable, unstable = (f"orthanc.StableStatus.{name}" for name in ("STABLE", "UNSTABLE"))
    changed, unchanged = ({"type": "tuple", "value": [0, value]} for value in (1, 0))
    for resource, status, expected in (
        (study, stable, changed),
        (study, stable, unchanged),
        (study, unstable, changed),
        ("nope", stable, unchanged),
    ):
        assert evaluate(server, f"orthanc.SetStableStatus({resource!r}, {status})") == expected


@pytest.mark.sdk(1, 12, 9)
@pytest.mark.parametrize("details", ["b'x'", "'x'", "None"])
def test_an_audit_log_without_a_handler(server: OrthancServer, details: str) -> None:
    emitted = f"orthanc.EmitAuditLog('script', 'user', 1, 'resource', 'action', {details})"
    assert evaluate(server, emitted) == NOTHING
