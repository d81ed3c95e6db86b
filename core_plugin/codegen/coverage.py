# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where every function of a header went: the report of one header, the page about all releases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from .overrides import Overrides
from .sdk_history import OLDEST, RELEASES
from .surface import Accounted, Status, Surface

_PAGE = """\
<!-- Written by `make coverage-sdk`. -->

# Coverage of the Orthanc SDK

Every function of the SDK can be called from Python, or has a reason here. The build stops at a
function that is neither wrapped nor left out.

{table}

A wrapper by rule follows from the types of a function (`core_plugin/codegen/rules.py`); one by hand
is listed with its Python signature in `core_plugin/codegen/sdk_overrides`.

## Left out

| function | since SDK | why |
| --- | --- | --- |
{left_out}
"""


def coverage_report(surface: Surface) -> str:
    """Counts by status, then the functions that no rule wraps, with the reason."""
    total = len(surface.accounts)
    counts = Counter(account.status for account in surface.accounts)
    lines = [f"SDK {surface.version_text}: {total} functions in the header", ""]
    lines += [
        f"  {counts[status]:4}  {counts[status] / total:6.1%}  {status.value}" for status in Status
    ]
    hand = [account.c_name for account in surface.accounts if account.status is Status.HAND]
    lines += ["", f"{Status.HAND.value}:", _listed(hand)]
    reasons: dict[str, list[str]] = defaultdict(list)
    for account in surface.accounts:
        if account.status is Status.INTERNAL:
            reasons[account.reason].append(account.c_name)
    for reason, names in reasons.items():
        lines += ["", f"{Status.INTERNAL.value}, {reason}:", _listed(names)]
    return "\n".join(lines)


def coverage_page(surface: Surface, overrides: Overrides) -> str:
    """Markdown about all releases; the same text from the header of any of them.

    The SDK only grows: the history tells what the other headers have more or less than this one.
    """
    accounts = _of_all_releases(surface, overrides)
    since = overrides.functions_since
    rows = [["SDK", "of", "functions", *(status.value for status in Status)]]
    rows.append(["---"] * len(rows[0]))
    for release, version in RELEASES.items():
        counts = Counter(a.status for a in accounts if since.get(a.c_name, OLDEST) <= version)
        numbers = [counts.total(), *(counts[status] for status in Status)]
        rows.append([".".join(map(str, version)), release, *map(str, numbers)])
    left_out = [
        [f"`{a.c_name}`", ".".join(map(str, since.get(a.c_name, OLDEST))), a.reason]
        for a in accounts
        if a.status is Status.INTERNAL
    ]
    return _PAGE.format(table=_table(rows), left_out=_table(left_out))


def _of_all_releases(surface: Surface, overrides: Overrides) -> list[Accounted]:
    accounts = {account.c_name: account for account in surface.accounts}
    for name in overrides.functions_since.keys() - accounts.keys():
        decided = overrides.functions.get(name)
        accounts[name] = (
            Accounted(name, decided.status, decided.reason)
            if decided
            else Accounted(name, Status.RULE)
        )
    return sorted(accounts.values(), key=lambda account: account.c_name)


def _table(rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _listed(names: list[str]) -> str:
    return "\n".join(f"  {name}" for name in sorted(names))
