# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said about names that are not there, and about those that Orthanc is too old for."""

from __future__ import annotations

import enum
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from orthanc_runtime.errors import OrthancException
from orthanc_runtime.sdk_names import refuse_newer, unknown_name

pytestmark = pytest.mark.unit

SDK: Any = SimpleNamespace(
    SDK_VERSION="1.12.6",
    SINCE={
        "StartStreamAnswer": (1, 12, 6),
        "RestOutput.SendStreamChunk": (1, 12, 6),
        "LogMessage": (1, 12, 4),
        "LogLevel": (1, 12, 4),
        "Iterator": (1, 12, 6),
        "Iterator.Next": (1, 12, 6),
        "StoreKeyValue": (1, 12, 8),
    },
)


class Orthanc(ModuleType):
    """A module as one built with SDK 1.12.6."""

    def __init__(self) -> None:
        super().__init__("orthanc")

        class RestOutput:
            def SendStreamChunk(self) -> str:
                return "sent"

        class Iterator:
            def Next(self) -> bool:
                return True

        class LogLevel(enum.IntEnum):
            ERROR = 0

        names = vars(self)
        names.update(RestOutput=RestOutput, Iterator=Iterator, LogLevel=LogLevel)
        names["LogMessage"] = names["RestApiGet"] = lambda *_: "called"
        names["__getattr__"] = unknown_name(self, SDK)


@pytest.fixture
def orthanc() -> Any:
    return Orthanc()


def test_a_name_of_a_newer_sdk(orthanc: Any) -> None:
    with pytest.raises(AttributeError) as caught:
        orthanc.StoreKeyValue("a", "b", "c")
    assert str(caught.value) == (
        "module 'orthanc' has no attribute 'StoreKeyValue': it came with SDK 1.12.8, this plugin "
        "was built with SDK 1.12.6"
    )


def test_a_slip_of_the_pen(orthanc: Any) -> None:
    with pytest.raises(AttributeError, match="did you mean 'RestApiGet'") as caught:
        orthanc.RestApiGat("/")
    assert caught.value.name == "RestApiGat"
    assert not hasattr(orthanc, "NothingOfTheKind")
    assert not hasattr(orthanc, "__path__")


def test_an_older_orthanc(orthanc: Any) -> None:
    refused = refuse_newer(orthanc, SDK, "1.10.1")
    assert refused == ["LogMessage", "RestOutput.SendStreamChunk"]
    with pytest.raises(OrthancException) as caught:
        orthanc.RestOutput().SendStreamChunk()
    assert caught.value.args == (
        26,
        "orthanc.RestOutput.SendStreamChunk needs Orthanc 1.12.6, this is Orthanc 1.10.1",
    )
    assert orthanc.LogLevel.ERROR == 0
    assert orthanc.RestApiGet("/") == "called"


@pytest.mark.parametrize("version", ["1.12.6", "1.13.0", "mainline-abcdef"])
def test_an_orthanc_that_is_new_enough(orthanc: Any, version: str) -> None:
    assert refuse_newer(orthanc, SDK, version) == []
    assert orthanc.LogMessage("x") == "called"
