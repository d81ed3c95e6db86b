# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hook of MkDocs: files beside ``docs/`` as pages, their links turned to where pages lie."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]

PAGES = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "samples/README.md": "samples.md",
    "benchmarks/README.md": "benchmarks.md",
}

PICTURES = "images/benchmarks"
"""Below ``docs/``; ``make bench-plots`` makes them."""

_LINK = re.compile(r"(\]\()([^)#:\s]+)(#[^)]*)?(\))")
_HOW_TO = {"rest": "routes", "events": "events", "access": "access", "workers": "workers"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    for source, page in PAGES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        if page == "benchmarks.md":
            text += pictures(text)
        files.append(File.generated(config, page, content=turned(text, source)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Turn the links of a file in ``docs/`` to those beside it, which are pages, too."""
    folder = posixpath.dirname(page.file.src_uri)

    def replace(match: re.Match[str]) -> str:
        opening, target, anchor, closing = match.groups()
        found = PAGES.get(posixpath.normpath(posixpath.join("docs", folder, target)))
        if found is None:
            return match[0]
        return f"{opening}{posixpath.relpath(found, folder or '.')}{anchor or ''}{closing}"

    return _LINK.sub(replace, markdown)


def pictures(text: str) -> str:
    """Of the questions in the table of the benchmarks, in its order, as far as there are any."""
    questions = re.findall(r"^\| `(\w+)` \| ([^|`]+)", text, re.MULTILINE)
    shown = [
        f"![{name}: {asks.strip()}](../docs/{PICTURES}/{name}.svg)\n"
        for name, asks in questions
        if (ROOT / "docs" / PICTURES / f"{name}.svg").is_file()
    ]
    return "\n".join(["\n## Results\n", *shown]) if shown else ""


def turned(text: str, source: str) -> str:
    """The text of a file with its links as they are for its page, at the top of ``docs/``."""

    def replace(match: re.Match[str]) -> str:
        opening, target, anchor, closing = match.groups()
        return f"{opening}{_page(source, target)}{anchor or ''}{closing}"

    turned_text = _LINK.sub(replace, text)
    # What is in the repository only stays as text.
    return re.sub(r"\[([^\]]+)\]\(repository\)", r"`\1`", turned_text)


def _page(source: str, target: str) -> str:
    path = posixpath.normpath(Path(source).parent / target)
    if path in PAGES:
        return PAGES[path]
    parts = Path(path).parts
    if parts[0] == "docs" and len(parts) > 1:
        return "/".join(parts[1:])
    if parts[0] == "docs":
        return "scripts.md"
    if parts[0] == "samples":
        if len(parts) == 1:
            return PAGES["samples/README.md"]
        return sample_link("/".join(parts[1:]))
    return "repository"


def sample_link(sample: str) -> str:
    """Page and anchor of a sample, such as ``rest/hello.py``."""
    group, _, name = sample.partition("/")
    page = _HOW_TO.get(group, "workers")
    anchor = (name or group).removesuffix(".py").replace("_", "-")
    return f"how-to/{page}.md#{anchor}"
