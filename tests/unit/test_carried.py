# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to the orthanc module, on its way to a worker."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from orthanc_runtime import carried, payload
from orthanc_runtime.errors import NotTransferable

pytestmark = pytest.mark.unit


class Instance:
    """In place of an object of the SDK."""

    def __reduce__(self) -> Any:
        return carried.reduce(self)


def test_objects_are_lent_by_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Instance(), Instance()
    lent: list[Any] = []
    parts = payload.encode_call((one, [two, one]), {"more": two}, "f", lent)
    assert lent == [one, two]
    monkeypatch.setattr(carried, "_receive", lambda name, index: (name, index))
    arguments, keywords = payload.decode_call(b"".join(parts))
    first, second = ("Instance", 0), ("Instance", 1)
    assert arguments == (first, [second, first])
    assert keywords == {"more": second}


def test_what_only_dill_can_pickle_is_lent_once() -> None:
    lent: list[Any] = []
    one = Instance()
    payload.encode_call((one, lambda: None), {}, "f", lent)
    assert lent == [one]


def test_they_are_refused_where_nobody_waits_for_the_call() -> None:
    with pytest.raises(NotTransferable, match=r"argument 2 of f, .*ends with it"):
        payload.encode_call((1, Instance()), {}, "f")
    with pytest.raises(TypeError, match=r"cannot pickle 'orthanc.Instance' object$"):
        pickle.dumps(Instance())


def test_too_many_are_refused() -> None:
    with pytest.raises(NotTransferable, match="more than 256 objects"):
        payload.encode_call(([Instance() for _ in range(257)],), {}, "f", [])


def test_numbers() -> None:
    number = carried.lent_number(5, 3)
    assert number == 2**63 + 5 * 256 + 3
    assert carried.is_lent(number)
    assert not carried.is_lent(2**40)


def test_outside_of_a_worker_nothing_is_received() -> None:
    with pytest.raises(TypeError, match="belongs to its task"):
        carried.received("Instance", 0)
