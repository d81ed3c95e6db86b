# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: where every function of the header went."""

from __future__ import annotations

from collections import defaultdict

from .surface import Status, Surface


def coverage_report(surface: Surface) -> str:
    """Counts by status, then the functions that no rule wraps, with the reason."""
    by_status = {status: [a for a in surface.accounts if a.status is status] for status in Status}
    total = len(surface.accounts)
    lines = [f"SDK {surface.version_text}: {total} functions in the header", ""]
    lines += [
        f"  {len(accounts):4}  {len(accounts) / total:6.1%}  {status.value}"
        for status, accounts in by_status.items()
    ]
    lines += ["", f"{Status.HAND.value}:", _listed([a.c_name for a in by_status[Status.HAND]])]
    for status in (Status.LATER, Status.INTERNAL):
        reasons: dict[str, list[str]] = defaultdict(list)
        for account in by_status[status]:
            reasons[account.reason].append(account.c_name)
        for reason, names in reasons.items():
            lines += ["", f"{status.value}, {reason}:", _listed(names)]
    return "\n".join(lines)


def _listed(names: list[str]) -> str:
    return "\n".join(f"  {name}" for name in sorted(names))
