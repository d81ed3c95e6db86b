# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/python-runtime/app/ in a browser: what it shows, and what its buttons do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from browser import PATIENCE, Complaints, chromium, open_page
from launcher import Launcher
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

APP = "/python-runtime/app/"
SCRIPT = r"""
import os, time
import orthanc
from orthanc_runtime import offload

@offload
def ping(output, uri, **request):
    output.AnswerBuffer("pong", "text/plain")

@offload
def waits(output, uri, **request):
    while not os.path.exists(request["get"]["until"]):
        time.sleep(0.01)
    output.AnswerBuffer("waited", "text/plain")

@offload
def raises(output, uri, **request):
    raise ValueError("<b>no pixel data</b>")

for function in (ping, waits, raises):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
orthanc.ExtendOrthancExplorer("window.ofTheScript = true;")
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": 2}})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server: OrthancServer) -> Iterator[Page]:
    """The page, which must not complain during a test."""
    expect.set_options(timeout=PATIENCE)
    complaints = Complaints()
    yield open_page(context, server.url + APP, complaints)
    assert complaints == []


def workers(page: Page) -> Any:
    return (
        page.get_by_role("table", name="Workers", exact=True)
        .get_by_role("row")
        .filter(has=page.get_by_role("button"))
    )


def test_what_workers_run_is_shown_live(page: Page, server: OrthancServer) -> None:
    expect(workers(page)).to_have_count(2)
    expect(page.get_by_role("heading", name="Pool default")).to_be_visible()
    until = server.folder / "go"
    waiting = server.in_background(f"/waits?until={until}")
    busy = workers(page).filter(has_text="busy")
    expect(busy).to_contain_text("GET /waits")
    until.touch()
    assert waiting.result(30).text == "waited"
    expect(busy).to_have_count(0)


def test_failures_are_listed_as_text(page: Page, server: OrthancServer) -> None:
    expect(page.get_by_text("No task has failed.")).to_be_visible()
    for _ in range(2):
        server.get("/raises")
    row = page.get_by_role("table", name="Last failures").get_by_role("row").nth(1)
    expect(row).to_contain_text("GET /raises")
    expect(row.get_by_role("cell").nth(2)).to_have_text("2")
    expect(row).to_contain_text("ValueError: <b>no pixel data</b>")


def test_a_worker_is_recycled_by_keyboard(page: Page) -> None:
    button = workers(page).first.get_by_role("button")
    name = button.get_attribute("aria-label") or ""
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("leaves once its successor serves")
    expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(workers(page).filter(has_text=re.compile("idle|busy"))).to_have_count(2)


def test_reload_begins_a_generation(page: Page) -> None:
    page.get_by_role("button", name="Reload script").click()
    expect(page.get_by_role("status")).to_contain_text("Generation 2 serves")
    expect(page.get_by_text("generation 2", exact=True)).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("status")).to_have_count(0)


def test_stacks_in_a_dialog(page: Page) -> None:
    button = page.get_by_role("button", name="Stacks")
    button.click()
    dialog = page.get_by_role("dialog", name="Python stacks")
    expect(dialog).to_contain_text("== Orthanc (pid")
    expect(dialog).to_contain_text("== worker 1 (pid")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_load_of_a_chosen_route(page: Page) -> None:
    route = page.get_by_label("Route, as GET")
    expect(route).to_have_value("/ping")  # the first one that is offloaded
    page.get_by_label("Clients").select_option("2")
    page.get_by_role("button", name="Start", exact=True).click()
    result = page.get_by_role("table", name="Results of the load tests").get_by_role("row").nth(1)
    expect(result).to_contain_text(re.compile(r"\d+ . 200"))
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("status")).to_contain_text("answers per second")
    expect(result).not_to_contain_text("no answer")
    route.fill("http://elsewhere.example/")
    page.get_by_role("button", name="Start", exact=True).click()
    assert route.evaluate("input => input.validationMessage") == "A path of this Orthanc"


def test_figures_are_what_the_buckets_tell(page: Page) -> None:
    found = page.evaluate(
        """async () => {
          const { quantile } = await import("./quantile.js");
          const { age, duration, edge } = await import("./format.js");
          const buckets = [[0.1, 0], [0.2, 50], [0.4, 49], [null, 1]];
          const some = buckets.map(([UpTo, Count]) => ({ UpTo, Count }));
          const none = some.map(({ UpTo }) => ({ UpTo, Count: 0 }));
          return [
            [0.25, 0.5, 1].map((part) => duration(quantile(some, part))),
            duration(quantile(none, 0.5)),
            [0.00015, 0.0025, 30].map(edge),
            [1.25, 59.9, 3600, 200000].map(age),
          ];
        }"""
    )
    assert found == [
        ["150 ms", "200 ms", "400 ms"],
        "–",  # noqa: RUF001 - the dash of an empty figure
        ["150 µs", "2.5 ms", "30 s"],
        ["1.3 s", "59 s", "1 h 0 min", "2 d 7 h"],
    ]


def test_it_says_that_orthanc_does_not_answer_and_goes_on_by_itself(
    context: BrowserContext, server: OrthancServer
) -> None:
    page = open_page(context, server.url + APP)
    state = page.locator("#connection")
    context.set_offline(True)
    expect(state).to_contain_text("No answer")
    context.set_offline(False)
    expect(state).to_have_text("Live")
    page.get_by_role("button", name="Pause").click()
    expect(state).to_have_text("Paused")


def test_behind_a_proxy_that_adds_a_prefix(context: BrowserContext, server: OrthancServer) -> None:
    prefix = "http://pacs.example/imaging"

    def forward(route: Route) -> None:
        url = route.request.url
        assert url.startswith(prefix + "/"), url
        route.fulfill(response=route.fetch(url=server.url + url.removeprefix(prefix)))

    context.route("**/*", forward)
    page = open_page(context, prefix + APP.rstrip("/"))
    assert page.url == prefix + APP
    expect(workers(page)).to_have_count(2)
    page.get_by_role("button", name="Recycle workers").click()
    expect(page.get_by_role("status")).to_contain_text("2 workers leave")
    context.unroute_all(behavior="ignoreErrors")  # it polls on


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_for_everybody(browser: Browser, server: OrthancServer, scheme: Any) -> None:
    """Rules of WCAG 2.1 that a program can check: names, roles, contrast; and small screens."""
    server.get("/raises")
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": 360, "height": 740}, bypass_csp=True
    )
    page = open_page(context, server.url + APP)
    expect(page.get_by_role("table", name="Last failures")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 900})
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    context.close()


def test_the_button_in_orthanc_explorer(context: BrowserContext, server: OrthancServer) -> None:
    page = context.new_page()
    page.goto(server.url + "/app/explorer.html")
    page.get_by_role("link", name="Python workers").click()
    page.wait_for_selector("#connection[data-state=live]")
    assert page.url == server.url + APP
    page.go_back()
    assert page.evaluate("window.ofTheScript") is True
