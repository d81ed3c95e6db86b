# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's Chromium without a window, driven by Playwright, which brings none of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

COMMANDS = ("chromium-headless-shell", "chromium", "google-chrome")
# For a page that polls each second, on a machine that is busy with other tests.
PATIENCE = 20_000  # milliseconds


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser; root may start it only without its sandbox."""
    command = next(filter(None, map(shutil.which, COMMANDS)), None)
    assert command is not None, f"no browser: apt-get install {COMMANDS[0]}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=command, args=["--no-sandbox"])
        yield browser
        browser.close()


class Complaints(list[str]):
    """What the scripts of a page have against it; no page of ours has anything."""

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.append(message.text) if message.type in ("error", "warning") else None
            ),
        )


def open_page(context: BrowserContext, url: str, complaints: Complaints | None = None) -> Page:
    """A new tab, once it shows a status."""
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    if complaints is not None:
        complaints.listen(page)
    page.goto(url)
    page.wait_for_selector("#connection[data-state=live]")
    return page
