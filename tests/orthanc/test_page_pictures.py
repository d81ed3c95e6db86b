# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the pictures of the page for the documentation, where ``ORTHANC_RUNTIME_PICTURES`` names
their folder: ``ORTHANC_RUNTIME_PICTURES=docs/images pytest tests/orthanc/test_page_pictures.py``.
"""

from __future__ import annotations

import io
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from browser import chromium, open_page
from launcher import Launcher
from PIL import Image
from playwright.sync_api import Page, expect
from server import OrthancServer

FOLDER = os.environ.get("ORTHANC_RUNTIME_PICTURES")
pytestmark = [
    pytest.mark.orthanc,
    pytest.mark.runtime_only,
    pytest.mark.skipif(FOLDER is None, reason="ORTHANC_RUNTIME_PICTURES is not set"),
    pytest.mark.timeout(300),
]

SCRIPT = r"""
import random, time
import orthanc
from orthanc_runtime import offload

def takes(seconds):
    time.sleep(random.lognormvariate(0, 0.35) * seconds)

@offload
def thumbnail(output, uri, **request):
    takes(0.02)
    output.AnswerBuffer("", "image/png")

@offload
def mosaic(output, uri, **request):
    takes(0.18)
    output.AnswerBuffer("", "image/png")

@offload(timeout=2)
def segment(output, uri, **request):
    if "large" in request["get"]:
        time.sleep(60)
    takes(0.6)
    output.AnswerBuffer("", "application/dicom")

@offload
def deidentify(output, uri, **request):
    raise ValueError("PatientBirthDate: '19 May' is no date")

for function in (thumbnail, mosaic, segment, deidentify):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
"""
# Of each client, again and again.
VISITS = ["/thumbnail", "/thumbnail", "/mosaic", "/thumbnail", "/segment", "/mosaic", "/thumbnail"]
PAUSE = 0.15


def visit(server: OrthancServer, ends: threading.Event, offset: int) -> None:
    for i in range(offset, 100_000):
        if ends.wait(PAUSE):
            return
        server.get(VISITS[i % len(VISITS)])


def save(page: Page, name: str, height: int = 0) -> None:
    """At most 256 colours, as the page has few: some ten kilobytes."""
    width = page.viewport_size["width"] if page.viewport_size else 1280
    height = height or page.evaluate("document.body.scrollHeight")
    taken = page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height})
    assert FOLDER is not None
    Path(FOLDER).mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    picture = picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    picture.save(Path(FOLDER) / f"{name}.png", optimize=True)


def test_pictures(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 4}})
    ends = threading.Event()
    with chromium() as browser, ThreadPoolExecutor(6) as clients:
        page = open_page(
            browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 1300}),
            server.url + "/python-runtime/app/",
        )
        for i in range(4):
            clients.submit(visit, server, ends, i)
        until = time.monotonic() + 70
        server.get("/deidentify")
        server.get("/segment?large=1")
        page.wait_for_timeout((until - time.monotonic()) * 1000)
        ends.set()
        page.get_by_label("Route, as GET").fill("/mosaic")
        for number in ("1", "4"):
            page.get_by_label("Clients").select_option(number)
            page.get_by_role("button", name="Start", exact=True).click()
            page.get_by_role("button", name="Stop").wait_for()
            if number == "1":
                page.get_by_role("button", name="Start", exact=True).wait_for()
                page.get_by_role("button", name="Dismiss").click()
        page.wait_for_timeout(3500)
        expect(page.get_by_role("cell", name="timeout")).to_be_visible()
        save(page, "page")
        page.emulate_media(color_scheme="dark")
        save(page, "page-dark")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 360, "height": 1100})
        page.wait_for_timeout(1500)
        save(page, "page-narrow", 1100)
