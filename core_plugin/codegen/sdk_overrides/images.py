# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images, their decoders and transcoders."""

from __future__ import annotations

from codegen.overrides import ClassOverride, Overrides, hand, later

IMAGES = Overrides(
    functions={
        "CreateImageAccessor": hand(
            "(format: int, width: int, height: int, pitch: int, buffer: str | Buffer, /) -> Image",
            name="CreateImageFromBuffer",
        ),
        "GetImageBuffer": hand("(self) -> bytes", owner="Image"),
        "RegisterDecodeImageCallback": later("takes a callback"),
        "RegisterTranscoderCallback": later("takes a callback"),
    },
    classes={"Image": ClassOverride(hook="bind_image")},
)
