# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterStorageCommitmentScpCallback: the script says which instances are in safe hands."""

from __future__ import annotations

from collections.abc import Iterator

import dicom_callbacks
import pytest
from commitment_peer import AET, CommitmentPeer
from dicom_callbacks import calls, evaluate, set_actions
from launcher import Launcher
from server import OrthancServer

from orthanc_runtime.testing.server import unused_port

# version 4.0 of the reference plugin has no storage commitment
pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = (
    dicom_callbacks.SCRIPT
    + r"""
import gc
import weakref

REQUESTS = weakref.WeakSet()

class Request:
    def __init__(self):
        REQUESTS.add(self)

def living_requests():
    gc.collect()
    return len(REQUESTS)

def request(job, transaction, classes, instances, remote, called):
    CALLS.append(["request", job, transaction, classes, instances, remote, called])
    return eval(ACTIONS.get("request", "Request()"))

def lookup(sop_class, sop_instance, data):
    CALLS.append(["lookup", sop_class, sop_instance, type(data).__name__])
    return eval(ACTIONS.get("lookup", "REASONS.SUCCESS"), globals(), {"uid": sop_instance})

REASONS = orthanc.StorageCommitmentFailureReason
orthanc.RegisterStorageCommitmentScpCallback(request, lookup)
TWICE = error_of(orthanc.RegisterStorageCommitmentScpCallback, request, lookup)
TYPES = error_of(orthanc.RegisterStorageCommitmentScpCallback, request, None)
"""
)
SUCCESS = 0x0000
NO_SUCH_OBJECT, PROCESSING_FAILURE, CONFLICT = 0x0112, 0x0110, 0x0119
CT = "1.2.840.10008.5.1.4.1.1.2"
ONE, TWO = (CT, "1.2.3.1"), (CT, "1.2.3.2")


def modality(port: int) -> dict[str, object]:
    peer = {"AET": AET, "Host": "127.0.0.1", "Port": port, "AllowStorageCommitment": True}
    return dicom_callbacks.CONFIG | {"DicomModalities": {"peer": peer}}


@pytest.fixture(scope="module")
def peer_port() -> int:
    return unused_port()


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher, peer_port: int) -> OrthancServer:
    return shared_orthanc(SCRIPT, config=modality(peer_port))


@pytest.fixture(scope="module")
def peer(peer_port: int) -> Iterator[CommitmentPeer]:
    with CommitmentPeer(peer_port) as peer:
        yield peer


def test_all_instances_are_committed(server: OrthancServer, peer: CommitmentPeer) -> None:
    set_actions(server)
    transaction, status = peer.request(server, ONE, TWO)
    assert status == SUCCESS
    report = peer.report()
    assert report.transaction == transaction
    assert report.committed == {ONE, TWO}
    assert not report.failed
    request, *lookups = calls(server)
    job = request[1]
    assert request == [
        "request", job, transaction, [CT, CT], ["1.2.3.1", "1.2.3.2"], AET, "ORTHANC"
    ]  # fmt: skip
    assert server.get(f"/jobs/{job}").json()["Type"] == "StorageCommitmentScp"
    assert lookups == [["lookup", *ONE, "Request"], ["lookup", *TWO, "Request"]]


def test_some_instances_are_missing(server: OrthancServer, peer: CommitmentPeer) -> None:
    set_actions(server, lookup="0 if uid.endswith('1') else REASONS.NO_SUCH_OBJECT_INSTANCE")
    peer.request(server, ONE, TWO)
    report = peer.report()
    assert report.committed == {ONE}
    assert report.failed == {TWO: NO_SUCH_OBJECT}


@pytest.mark.parametrize(
    ("lookup", "message"),
    [
        ("None", "must return a StorageCommitmentFailureReason, not NoneType"),
        ("'SUCCESS'", "must return a StorageCommitmentFailureReason, not str"),
        ("False", "must return a StorageCommitmentFailureReason, not bool"),
        ("99", "99 is not a valid StorageCommitmentFailureReason"),
        ("1 << 80", "is not a valid StorageCommitmentFailureReason"),
        ("fail(ValueError('archive is away'))", "archive is away"),
    ],
)
def test_a_lookup_that_fails(
    server: OrthancServer, peer: CommitmentPeer, lookup: str, message: str
) -> None:
    set_actions(
        server, lookup=f"REASONS.CLASS_INSTANCE_CONFLICT if uid.endswith('1') else {lookup}"
    )
    start = len(server.log)
    peer.request(server, ONE, TWO)
    assert peer.report().failed == {ONE: CONFLICT, TWO: PROCESSING_FAILURE}
    server.wait_log(message, start=start)


def test_a_request_that_fails(server: OrthancServer, peer: CommitmentPeer) -> None:
    set_actions(server, request="fail(PermissionError('not for you'))")
    start = len(server.log)
    peer.request(server, ONE, TWO)
    assert peer.report().failed == {ONE: PROCESSING_FAILURE, TWO: PROCESSING_FAILURE}
    server.wait_log("not for you", start=start)
    assert calls(server, "lookup") == []


def test_the_data_may_be_none(server: OrthancServer, peer: CommitmentPeer) -> None:
    set_actions(server, request="None")
    peer.request(server, ONE)
    assert peer.report().committed == {ONE}
    assert calls(server, "lookup") == [["lookup", *ONE, "NoneType"]]


def test_registrations_that_are_refused(server: OrthancServer) -> None:
    twice, types = evaluate(server, "[TWICE, TYPES]")
    assert twice.startswith("RuntimeError: Can only register one Python storage commitment")
    assert twice.count("script.py:") == 2
    assert types.endswith("RegisterStorageCommitmentScpCallback needs a callable, not NoneType")


def test_registered_while_orthanc_runs(orthanc: Launcher) -> None:
    port = unused_port()
    server = orthanc(dicom_callbacks.SCRIPT, config=modality(port))
    evaluate(
        server,
        "orthanc.RegisterStorageCommitmentScpCallback(lambda *request: request[4], "
        "lambda sop_class, uid, remote: 0 if remote == 'PEER' else 1)",
    )
    with CommitmentPeer(port) as peer:
        peer.request(server, ONE)
        assert peer.report().committed == {ONE}
