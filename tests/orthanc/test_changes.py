# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterOnChangeCallback: what it gets, on which thread, and when Orthanc stops."""

from __future__ import annotations

from typing import Any

import pytest
from dicom_files import dicom_bytes
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = """
import threading
import orthanc

def changed(change, level, resource):
    thread = threading.get_ident()
    orthanc.LogWarning(f"change {int(change)} {int(level)} [{resource}] thread {thread}")
    if change == orthanc.ChangeType.NEW_INSTANCE:
        orthanc.LogWarning("instance has " + str(len(orthanc.RestApiGet("/instances/" + resource))))
    if change == orthanc.ChangeType.NEW_SERIES:
        raise ValueError("raised in the change callback")

orthanc.RegisterOnChangeCallback(changed)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT)
    return started


def test_orthanc_started(server: OrthancServer) -> None:
    server.wait_log(r"change 10 4 \[\]")


def test_upload_is_told_and_the_rest_api_answers(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    server.wait_log(rf"change 3 3 \[{identifier}\]")
    server.wait_log(r"instance has \d{3}")


def test_exception_is_logged_and_the_next_change_arrives(server: OrthancServer) -> None:
    server.upload(dicom_bytes("MR_small.dcm"))
    logged = server.wait_log("raised in the change callback", start=server.log_offset)
    server.wait_log(r"script\.py", start=server.log_offset)
    identifier = server.upload(dicom_bytes("CT_small.dcm"))
    assert server.delete(f"/instances/{identifier}").status_code == 200
    server.wait_log(rf"change 1 3 \[{identifier}\]", start=logged.end())


def test_changes_come_one_after_the_other_on_one_thread(server: OrthancServer) -> None:
    lines = [line for line in server.log.splitlines() if "] change " in line]
    assert len({line.rsplit("thread", 1)[1] for line in lines}) == 1


@pytest.mark.runtime_only
def test_change_and_level_are_enumeration_members(orthanc: Any) -> None:
    server = orthanc(
        """
        import orthanc
        def changed(change, level, resource):
            if change == orthanc.ChangeType.ORTHANC_STARTED:
                orthanc.LogWarning(f"names {change.name} {level.name} {type(change).__name__}")
        orthanc.RegisterOnChangeCallback(changed)
        """
    )
    server.wait_log("names ORTHANC_STARTED NONE ChangeType")


def test_orthanc_stopped_is_the_last_change(orthanc: Any) -> None:
    server = orthanc(
        """
        import orthanc
        def changed(change, level, resource):
            if change == orthanc.ChangeType.ORTHANC_STOPPED:
                orthanc.LogWarning("stopped: " + str(len(orthanc.RestApiGet("/system")) > 10))
        orthanc.RegisterOnChangeCallback(changed)
        """
    )
    assert server.stop() == 0
    assert "stopped: True" in server.log


@pytest.mark.runtime_only
def test_slow_callback_does_not_delay_orthanc_stopped(orthanc: Any) -> None:
    """The slow one still runs when STOPPED comes, which passes the queue."""
    server = orthanc(
        """
        import threading
        import orthanc
        stopped = threading.Event()
        def changed(change, level, resource):
            if change == orthanc.ChangeType.ORTHANC_STOPPED:
                orthanc.LogWarning("stopped seen")
            elif change == orthanc.ChangeType.NEW_INSTANCE:
                orthanc.LogWarning("slow begins")
                stopped.wait(1)
        orthanc.RegisterOnChangeCallback(changed)
        """
    )
    for name in ["CT_small.dcm", "MR_small.dcm", "liver_1frame.dcm"]:
        server.upload(dicom_bytes(name))
    server.wait_log("slow begins")
    assert server.stop() == 0
    assert server.log.index("stopped seen") > server.log.index("slow begins")


@pytest.mark.runtime_only
def test_several_callbacks_run_in_the_order_of_their_registration(orthanc: Any) -> None:
    server = orthanc(
        """
        import orthanc
        def register(name):
            def changed(change, level, resource):
                if change == orthanc.ChangeType.NEW_INSTANCE:
                    orthanc.LogWarning("change seen by " + name)
            def stored(dicom, instance):
                orthanc.LogWarning("instance seen by " + name)
            orthanc.RegisterOnChangeCallback(changed)
            orthanc.RegisterOnStoredInstanceCallback(stored)
        for name in ["first", "second"]:
            register(name)
        """
    )
    server.upload(dicom_bytes())
    for what in ["change", "instance"]:
        first = server.wait_log(f"{what} seen by first")
        server.wait_log(f"{what} seen by second", start=first.end())
