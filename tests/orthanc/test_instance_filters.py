# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the DICOM instances that Orthanc receives, by C-STORE or on any way."""

from __future__ import annotations

from collections.abc import Iterator

import dcmtk
import dicom_callbacks
import pytest
from dicom_callbacks import calls, evaluate, set_actions
from dicom_files import dicom_bytes, dicom_path
from launcher import Launcher
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = (
    dicom_callbacks.SCRIPT
    + r"""
def accept(name, instance, verdict):
    tags = json.loads(instance.GetInstanceSimplifiedJson())
    kind, size = type(instance).__name__, instance.GetInstanceSize()
    CALLS.append([name, kind, tags["PatientID"], size])
    return eval(ACTIONS.get(name, verdict), globals(), {"instance": instance, "tags": tags})

def c_store(instance):
    return accept("c_store", instance, "0")

orthanc.RegisterIncomingCStoreInstanceFilter(c_store)
"""
)
MORE = r"""
def second_c_store(instance):
    return accept("second_c_store", instance, "0")

def any_way(instance):
    return accept("any_way", instance, "True")

def second_any_way(instance):
    return accept("second_any_way", instance, "True")

orthanc.RegisterIncomingCStoreInstanceFilter(second_c_store)
orthanc.RegisterIncomingDicomInstanceFilter(any_way)
orthanc.RegisterIncomingDicomInstanceFilter(second_any_way)
"""
SUCCESS, OUT_OF_RESOURCES, DOES_NOT_MATCH = 0x0000, 0xA700, 0xA900


@pytest.fixture(scope="module")
def one_filter(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config=dicom_callbacks.CONFIG)


@pytest.fixture(scope="module")
def several(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT + MORE, config=dicom_callbacks.CONFIG)


@pytest.fixture
def server(one_filter: OrthancServer) -> Iterator[OrthancServer]:
    yield from emptied(one_filter)


@pytest.fixture
def several_filters(several: OrthancServer) -> Iterator[OrthancServer]:
    yield from emptied(several)


def emptied(server: OrthancServer) -> Iterator[OrthancServer]:
    set_actions(server)
    yield server
    for patient in server.get("/patients").json():
        assert server.delete(f"/patients/{patient}").status_code == 200


def stored(server: OrthancServer) -> int:
    return len(server.get("/instances").json())


def store(server: OrthancServer) -> int:
    return dcmtk.store(server, dicom_path())


def test_an_instance_is_accepted(server: OrthancServer) -> None:
    assert store(server) == SUCCESS
    assert stored(server) == 1
    [[_, kind, patient, size]] = calls(server)
    assert (kind, patient) == ("DicomInstance", "1CT1")
    assert size > 1000


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("0xA900", DOES_NOT_MATCH), ("True", 0x0001), ("orthanc.ErrorCode.PLUGIN", 0x0001)],
)
def test_an_instance_is_refused(server: OrthancServer, verdict: str, status: int) -> None:
    set_actions(server, c_store=verdict)
    assert store(server) == status
    assert stored(server) == 0


@pytest.mark.parametrize("verdict", ["None", "'0'", "-1", "0x10000", "1 << 80", "fail(ValueError)"])
def test_a_filter_that_fails(server: OrthancServer, verdict: str) -> None:
    set_actions(server, c_store=verdict)
    assert store(server) == OUT_OF_RESOURCES
    assert stored(server) == 0
    server.wait_log("incoming-cstore-instance", start=server.log_offset)


def test_other_ways_are_not_filtered(server: OrthancServer) -> None:
    set_actions(server, c_store="0xA900")
    server.upload(dicom_bytes())
    assert (stored(server), calls(server)) == (1, [])


@pytest.mark.runtime_only
def test_an_instance_kept_after_the_filter(server: OrthancServer) -> None:
    set_actions(server, c_store="KEPT.append(instance) or 0")
    assert store(server) == SUCCESS
    error = evaluate(server, "error_of(KEPT[0].GetInstanceJson)")
    assert "kept after the end of its callback" in error


@pytest.mark.runtime_only
def test_all_filters_run_in_order(several_filters: OrthancServer) -> None:
    assert store(several_filters) == SUCCESS
    names = [call[0] for call in calls(several_filters)]
    assert names == ["any_way", "second_any_way", "c_store", "second_c_store"]
    several_filters.upload(dicom_bytes())
    assert [call[0] for call in calls(several_filters)[4:]] == ["any_way", "second_any_way"]


@pytest.mark.runtime_only
@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("0xA900", "0xC001", DOES_NOT_MATCH),
        ("0", "0xA900", DOES_NOT_MATCH),
        ("fail(ValueError)", "0xA900", DOES_NOT_MATCH),
        ("0xA900", "None", DOES_NOT_MATCH),
        ("fail(ValueError)", "0", OUT_OF_RESOURCES),
    ],
)
def test_the_first_that_refuses_decides(
    several_filters: OrthancServer, first: str, second: str, status: int
) -> None:
    set_actions(several_filters, c_store=first, second_c_store=second)
    assert store(several_filters) == status
    assert stored(several_filters) == 0
    assert len(calls(several_filters, "c_store", "second_c_store")) == 2


@pytest.mark.runtime_only
@pytest.mark.parametrize(("first", "second"), [("False", "True"), ("True", "False")])
def test_discarded_on_any_way(several_filters: OrthancServer, first: str, second: str) -> None:
    set_actions(several_filters, any_way=first, second_any_way=second)
    answer = several_filters.post("/instances", dicom_bytes())
    assert (answer.status_code, answer.json()["Status"]) == (200, "FilteredOut")
    store(several_filters)
    assert stored(several_filters) == 0
    assert len(calls(several_filters, "any_way", "second_any_way")) == 4


@pytest.mark.runtime_only
@pytest.mark.parametrize("verdict", ["None", "1", "0", "fail(ValueError)"])
def test_a_failing_filter_of_any_way(several_filters: OrthancServer, verdict: str) -> None:
    set_actions(several_filters, any_way=verdict)
    start = len(several_filters.log)
    assert several_filters.post("/instances", dicom_bytes()).status_code == 500
    assert store(several_filters) != SUCCESS
    assert stored(several_filters) == 0
    several_filters.wait_log("the Python incoming-dicom-instance filter", start=start)
    set_actions(several_filters, any_way=verdict, second_any_way="False")
    answer = several_filters.post("/instances", dicom_bytes())
    assert (answer.status_code, answer.json()["Status"]) == (200, "FilteredOut")


@pytest.mark.runtime_only
def test_a_filter_registered_while_orthanc_runs(orthanc: Launcher) -> None:
    server = orthanc(dicom_callbacks.SCRIPT, config=dicom_callbacks.CONFIG)
    assert store(server) == SUCCESS
    register = "orthanc.RegisterIncoming{}InstanceFilter(lambda instance: {})"
    evaluate(server, register.format("CStore", "0xA900"))
    assert store(server) == DOES_NOT_MATCH
    evaluate(server, register.format("Dicom", "False"))
    answer = server.post("/instances", dicom_bytes())
    assert answer.json()["Status"] == "FilteredOut"
    error = evaluate(server, "error_of(orthanc.RegisterIncomingCStoreInstanceFilter, 5)")
    assert error == "TypeError: RegisterIncomingCStoreInstanceFilter needs a callable, not int"
