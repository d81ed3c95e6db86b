# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All rules, in the order in which they are applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orthanc_runtime.cli.doctor import (
    machine_rules,
    plugin_rules,
    running_rules,
    sizing_rules,
    unit_rules,
)
from orthanc_runtime.cli.doctor.facts import Facts
from orthanc_runtime.findings import Finding

Rule = Callable[[Facts], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    plugin_rules.one_python_plugin,
    plugin_rules.plugin_is_loaded,
    plugin_rules.plugin_is_this_one,
    plugin_rules.sdk_is_known,
    plugin_rules.files_are_there,
    plugin_rules.environment_fits,
    sizing_rules.settings_are_right,
    sizing_rules.connections_are_fast,
    sizing_rules.workers_fit_cores,
    sizing_rules.workers_fit_memory,
    sizing_rules.threads_serve_workers,
    sizing_rules.deadlines_fit_clients,
    machine_rules.swap_is_quiet,
    machine_rules.shared_memory_is_there,
    machine_rules.descriptors_suffice,
    unit_rules.unit_waits_for_requests,
    unit_rules.unit_survives_its_workers,
    running_rules.pools_serve,
    running_rules.queue_moves,
    running_rules.slow_handlers_are_offloaded,
)


def examine(facts: Facts) -> list[Finding]:
    return [finding for rule in RULES for finding in rule(facts)]
