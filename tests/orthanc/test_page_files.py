# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/python-runtime/app/ over HTTP: what is served, how, and to whom."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

APP = "/python-runtime/app/"
LINK = re.compile(r"""(?:src|href)="([^"#]+)"|from "([^"]+)";""")


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    config = {"AuthenticationEnabled": True, "RegisteredUsers": {"operator": "secret"}}
    script = "import orthanc\northanc.ExtendOrthancExplorer('window.ofTheScript = true;')\n"
    server = shared_orthanc(script, config=config)
    server.session.auth = ("operator", "secret")
    return server


def test_the_page_and_all_it_refers_to(server: OrthancServer) -> None:
    """Nothing comes from elsewhere, and every address is relative: a proxy may add a prefix."""
    seen: dict[str, str] = {}
    left = [""]
    while left:
        name = left.pop()
        answer = server.get(APP + name)
        assert answer.status_code == 200, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        seen[name] = answer.headers["Content-Type"]
        found = [first or second for first, second in LINK.findall(answer.text)]
        if not name.endswith(".svg"):
            assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", answer.text), name
            left += {urljoin(name, link) for link in found} - seen.keys() - set(left)
    assert seen[""] == "text/html; charset=utf-8"
    assert seen["start.js"] == "text/javascript; charset=utf-8"
    assert seen["tokens.css"] == "text/css; charset=utf-8"
    assert seen["icon.svg"] == "image/svg+xml"


def test_unchanged_files_are_not_sent_again(server: OrthancServer) -> None:
    first = server.get(APP + "start.js")
    assert first.headers["Cache-Control"] == "no-cache"
    again = server.get(APP + "start.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    changed = server.get(APP + "start.js", headers={"If-None-Match": '"another"'})
    assert changed.content == first.content


@pytest.mark.parametrize(
    "path", ["nothing.js", "..%2fpage_files.py", "%2e%2e/page_files.py", "/etc/passwd", "a/../b"]
)
def test_nothing_else_is_served(server: OrthancServer, path: str) -> None:
    assert server.get(APP + path).status_code == 404


def test_only_for_users_and_only_to_read(server: OrthancServer) -> None:
    assert server.get(APP, auth=("operator", "wrong")).status_code == 401
    assert server.post(APP).status_code == 405


def test_a_button_in_orthanc_explorer_beside_what_the_script_adds(server: OrthancServer) -> None:
    explorer = server.get("/plugins/explorer.js").text
    assert "../python-runtime/app/" in explorer
    assert explorer.index("python-runtime") < explorer.index("window.ofTheScript = true;")
    assert server.get("/plugins/orthanc-runtime").json()["RootUri"] == "../python-runtime/app/"
