# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to the ``orthanc`` module, on its way to the other interpreter."""

from __future__ import annotations

from typing import Any

import pytest

from orthanc_runtime.carried import MAXIMUM_LENT, carrying, is_carrying, received, reduce

pytestmark = pytest.mark.unit


class Image:
    """Stands for an object of the SDK."""


def test_a_call_made_while_another_one_is_pickled() -> None:
    """The ``__reduce__`` of an argument may call an offloaded function itself."""
    outer: list[Any] = []
    inner: list[Any] = []
    with carrying(outer):
        reduce(Image())
        with carrying(inner):
            assert reduce(Image()) == (received, ("Image", 0))
        assert reduce(Image()) == (received, ("Image", 1))
    assert (len(outer), len(inner)) == (2, 1)
    assert not is_carrying()


def test_what_cannot_be_lent() -> None:
    with pytest.raises(TypeError, match=r"cannot pickle 'orthanc\.Image' object$"):
        reduce(Image())
    with carrying(), pytest.raises(TypeError, match="ends with it; send what is needed"):
        reduce(Image())
    with carrying([Image()] * MAXIMUM_LENT), pytest.raises(TypeError, match="more than 256"):
        reduce(Image())
    with pytest.raises(TypeError, match="belongs to its task"):
        received("Image", 0)
