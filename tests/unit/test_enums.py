# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of the SDK's enumerations."""

from __future__ import annotations

import copy
import json
import pickle
import pickletools

import pytest

from orthanc_runtime.enums import OrthancEnum

pytestmark = pytest.mark.unit


class Kind(OrthancEnum):
    """An example."""

    FIRST = 1
    """The first."""
    SECOND = 2


def test_members_are_ints_of_the_orthanc_module() -> None:
    assert Kind.__module__ == "orthanc"
    assert (int(Kind.FIRST), f"{Kind.FIRST}", json.dumps(Kind.FIRST)) == (1, "1", "1")
    assert repr(Kind.SECOND) == "<Kind.SECOND: 2>"
    assert Kind.FIRST | Kind.SECOND == 3


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_members_are_pickled_as_plain_ints(protocol: int) -> None:
    pickled = pickle.dumps({"kind": Kind.FIRST}, protocol)
    assert type(pickle.loads(pickled)["kind"]) is int
    names = [argument for _, argument, _ in pickletools.genops(pickled) if argument]
    assert not any("orthanc" in str(name) for name in names)


def test_copies_are_equal() -> None:
    assert copy.copy(Kind.FIRST) == copy.deepcopy(Kind.FIRST) == 1


def test_values_of_a_newer_orthanc_stay_ints() -> None:
    assert Kind.member_or_int(2) is Kind.SECOND
    assert Kind.member_or_int(99) == 99
