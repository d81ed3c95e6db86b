# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as JSON: every round, so that plots and other ratios can be made later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.question import Target
from benchmarks.rounds import Result


def to_json(facts: Mapping[str, str], results: Sequence[Result]) -> str:
    document = {"machine": dict(facts), "questions": [_question(result) for result in results]}
    return json.dumps(document, indent=2) + "\n"


def _question(result: Result) -> dict[str, Any]:
    question = result.question
    return {
        "name": question.name,
        "asks": question.asks,
        "variants": [
            {
                "name": variant.name,
                "level": variant.level,
                "rounds": [dict(figures) for figures in result.rounds[variant.key]],
                "targets": {name: _target(target) for name, target in variant.targets.items()},
            }
            for variant in question.variants
        ],
        "ratios": [
            {
                "label": ratio.label,
                "level": ratio.over.level,
                "figure": ratio.figure,
                **(asdict(spread) if (spread := result.ratio(ratio)) else {"median": None}),
                "target": None if ratio.target is None else _target(ratio.target),
            }
            for ratio in question.ratios
        ],
    }


def _target(target: Target) -> dict[str, Any]:
    return {"bound": target.bound.value, "value": target.value}
