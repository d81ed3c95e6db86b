# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m codegen.log_codes TABLE HEADER``: the table of log_codes.py in C++."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

_HEADER = """\
// Generated from log_codes.py; do not edit.
#pragma once

namespace orthanc_runtime {{

enum class LogLevel {{ {levels} }};

enum class LogCode : int {{
{codes}
}};

constexpr const char* kLogCodePrefix = "{prefix}";

/// False where no code has this number; else it has this level.
constexpr bool find_log_level(int code, LogLevel& level) {{
  switch (code) {{
{cases}
    default:
      return false;
  }}
}}

constexpr LogLevel level_of(LogCode code) {{
  LogLevel level = LogLevel::Error;
  find_log_level(static_cast<int>(code), level);
  return level;
}}

}}  // namespace orthanc_runtime
"""


def log_codes_h(table: Path) -> str:
    """The header with the enumerations of ``table``."""
    names = runpy.run_path(str(table))
    codes: list[Any] = list(names["LogCode"])
    return _HEADER.format(
        levels=", ".join(f"{camel_case(level.name)} = {level}" for level in names["LogLevel"]),
        codes="\n".join(f"  {camel_case(code.name)} = {code.value}," for code in codes),
        prefix=names["PREFIX"],
        cases="\n".join(
            f"    case {code.value}:\n"
            f"      level = LogLevel::{camel_case(code.level.name)};\n"
            "      return true;"
            for code in codes
        ),
    )


def camel_case(name: str) -> str:
    """``WORKER_READY`` is ``WorkerReady`` in C++."""
    return name.title().replace("_", "")


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(log_codes_h(Path(sys.argv[1])), encoding="utf-8")
