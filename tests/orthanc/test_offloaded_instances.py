# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offloaded callbacks about instances that Orthanc receives, and about its HTTP requests."""

from __future__ import annotations

import json
from typing import Any

import dcmtk
import dicom_callbacks
import pytest
from dicom_files import dicom_bytes, dicom_path
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import json, os, threading
import orthanc
from orthanc_runtime import in_worker, offload, rest

KEPT = []

def log(name, **what):
    orthanc.LogWarning(f"CALLED {name} " + json.dumps({"in_worker": in_worker, **what}))

def outcome(function):
    try:
        return function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def in_thread(function):
    found = []
    thread = threading.Thread(target=lambda: found.append(outcome(function)))
    thread.start()
    thread.join()
    return found[0]

@offload
def stored(dicom, identifier):
    tags = json.loads(dicom.GetInstanceSimplifiedJson())
    if tags["PatientID"] == "4MR1":
        raise ValueError("raised by stored")
    log("stored", kind=type(dicom).__name__, patient=tags["PatientID"], identifier=identifier,
        size=dicom.GetInstanceSize(), data=len(dicom.GetInstanceData()),
        origin=[dicom.GetInstanceOrigin().name, type(dicom.GetInstanceOrigin()).__name__],
        meta=dicom.HasInstanceMetadata("ReceptionDate"),
        frame=dicom.GetInstanceDecodedFrame(0).GetImageWidth(),
        same=type(orthanc.RestApiGet("/system")).__name__,
        rest=rest.get("/system").status_code,
        thread=in_thread(dicom.GetInstanceSize),
        pickled=outcome(lambda: __import__("pickle").dumps(dicom)),
        kept=[outcome(kept.GetInstanceSize) for kept in KEPT])
    KEPT[:] = [dicom]

@offload
def returns_it(dicom, identifier):
    return dicom

@offload
def received(dicom, origin):
    log("received", size=len(dicom), origin=origin.name)
    if b"1CT1" in dicom:
        return orthanc.ReceivedInstanceAction.MODIFY, dicom.replace(b"1CT1", b"9CT9")
    return orthanc.ReceivedInstanceAction.KEEP_AS_IS, None

@offload
def c_store(dicom):
    patient = json.loads(dicom.GetInstanceSimplifiedJson())["PatientID"]
    log("c_store", patient=patient, aet=dicom.GetInstanceRemoteAet())
    return 0xA900 if patient == "4MR1" else 0

@offload
def any_way(dicom):
    log("any_way", patient=json.loads(dicom.GetInstanceSimplifiedJson())["PatientID"])
    return dicom.GetInstanceFramesCount() == 1

@offload
def request(uri, **request):
    if uri.startswith("/instances/nope"):
        log("filter", uri=uri, method=[request["method"].name, type(request["method"]).__name__],
            get=request.get("get"), ip=request["ip"])
    return uri != "/instances/nope"

orthanc.RegisterOnStoredInstanceCallback(stored)
orthanc.RegisterOnStoredInstanceCallback(returns_it)
orthanc.RegisterReceivedInstanceCallback(received)
orthanc.RegisterIncomingCStoreInstanceFilter(c_store)
orthanc.RegisterIncomingDicomInstanceFilter(any_way)
orthanc.RegisterIncomingHttpRequestFilter(request)

def submits(dicom, identifier):
    orthanc.LogWarning("SUBMITTED " + outcome(lambda: stored.submit(dicom, identifier)))

orthanc.RegisterOnStoredInstanceCallback(submits)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    config = {**dicom_callbacks.CONFIG, "Python": {"Workers": {"Count": 1}}}
    return shared_orthanc(SCRIPT, config=config)


def called(server: OrthancServer, name: str) -> dict[str, Any]:
    text = server.wait_log(rf"CALLED {name} (.*)", start=server.log_offset)[1]
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_stored_instance_can_be_used_in_a_worker(server: OrthancServer) -> None:
    start = server.log_offset
    dicom = dicom_bytes("CT_small.dcm")
    identifier = server.upload(dicom)
    first = called(server, "stored")
    assert first.pop("kept") == []
    assert first.pop("pickled") == "TypeError: cannot pickle 'orthanc.DicomInstance' object"
    assert "in the thread that runs it" in first.pop("thread")
    size = len(server.get(f"/instances/{identifier}/file").content)
    assert first == {
        "in_worker": True,
        "kind": "DicomInstance",
        "patient": "9CT9",
        "identifier": identifier,
        "size": size,
        "data": size,
        "origin": ["REST_API", "InstanceOrigin"],
        "meta": True,
        "frame": 128,
        "same": "bytes",
        "rest": 200,
    }
    error = server.wait_log("the result of returns_it.*", start=start)[0]
    assert "an object of type orthanc.DicomInstance, cannot be sent" in error
    refused = server.wait_log("SUBMITTED (.*)", start=start)[1]
    assert refused.startswith("NotTransferable: argument 1 of stored")
    assert "lent to a call that is waited for" in refused


def test_it_ends_with_the_callback(server: OrthancServer) -> None:
    server.upload(dicom_bytes("CT_small.dcm"))
    server.delete(f"/instances/{server.get('/instances').json()[0]}")
    start = len(server.log)
    server.upload(dicom_bytes("CT_small.dcm"))
    text = server.wait_log(r"CALLED stored (.*)", start=start)[1]
    assert "lent to another call" in json.loads(text)["kept"][0]


def test_what_a_callback_raises_does_not_keep_the_instance(server: OrthancServer) -> None:
    server.upload(dicom_bytes("MR_small.dcm"))
    server.wait_log("Error in the OnStoredInstance callback", start=server.log_offset)
    server.wait_log("ValueError: raised by stored", start=server.log_offset)
    assert called(server, "received")["origin"] == "REST_API"


def test_c_store_filter(server: OrthancServer) -> None:
    assert dcmtk.store(server, dicom_path("MR_small.dcm")) == 0xA900
    assert called(server, "c_store") == {"in_worker": True, "patient": "4MR1", "aet": "STORESCU"}
    assert dcmtk.store(server, dicom_path("CT_small.dcm")) == 0


def test_filter_of_instances(server: OrthancServer) -> None:
    answer = server.post("/instances", dicom_bytes("rtdose.dcm"))
    assert answer.json()["Status"] == "FilteredOut"
    assert called(server, "any_way")["in_worker"]


def test_filter_of_requests(server: OrthancServer) -> None:
    assert server.get("/instances/nope?a=b").status_code == 403
    assert called(server, "filter") == {
        "in_worker": True,
        "uri": "/instances/nope",
        "method": ["GET", "HttpMethod"],
        "get": {"a": "b"},
        "ip": "127.0.0.1",
    }
    assert server.get("/instances/nope2").status_code == 404


def test_a_callback_whose_worker_dies(orthanc: Launcher) -> None:
    server = orthanc(
        """
        import os
        import orthanc
        from orthanc_runtime import offload

        @offload
        def stored(dicom, identifier):
            os.kill(os.getpid(), 9)

        @offload
        def any_way(dicom):
            if dicom.GetInstanceSize() < 10000:
                os.kill(os.getpid(), 9)
            return True

        orthanc.RegisterOnStoredInstanceCallback(stored)
        orthanc.RegisterIncomingDicomInstanceFilter(any_way)
        """,
        config={"Python": {"Workers": {"Count": 1}}},
    )
    server.upload(dicom_bytes("CT_small.dcm"))
    server.wait_log("Error in the OnStoredInstance callback[^$]*WorkerDied")
    assert server.post("/instances", dicom_bytes("MR_small.dcm")).status_code != 200
    server.wait_log("incoming-dicom-instance filter[^$]*WorkerDied")
    assert len(server.get("/instances").json()) == 1


def test_coroutines_that_share_a_worker(orthanc: Launcher) -> None:
    server = orthanc(
        """
        import asyncio, json
        import orthanc
        from orthanc_runtime import offload

        @offload(concurrency=4)
        async def stored(dicom, identifier):
            await asyncio.sleep(0)
            patient = json.loads(dicom.GetInstanceSimplifiedJson())["PatientID"]
            orthanc.LogWarning(f"STORED {patient} of {dicom.GetInstanceSize()}")

        orthanc.RegisterOnStoredInstanceCallback(stored)
        """,
        config={"Python": {"Workers": {"Count": 1}}},
    )
    dicom = dicom_bytes("CT_small.dcm")
    server.upload(dicom)
    server.wait_log(f"STORED 1CT1 of {len(dicom)}|Error in")
    assert "Error in" not in server.log
