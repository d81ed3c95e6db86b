# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure work of the processor, for the handler of burn.py, and here in a process that does only it.

Answers lines of standard input: ``terms SECONDS`` by the terms that take so long, ``times TERMS
SECONDS`` by how often they were done meanwhile, ``computations TERMS TIMES`` when the sample's
computation has been made so often.
"""

from __future__ import annotations

import math
import sys
import time

CALIBRATION = 100_000


def burn(terms: int) -> int:
    total = 0
    for term in range(terms):
        total += term * term % 7
    return total


def terms_of(seconds: float) -> int:
    burn(CALIBRATION)
    begin = time.process_time()
    burn(CALIBRATION)
    return round(CALIBRATION * seconds / (time.process_time() - begin))


def times_of(terms: int, seconds: float) -> int:
    end = time.monotonic() + seconds
    times = 0
    while time.monotonic() < end:
        burn(terms)
        times += 1
    return times


def compute(terms: int, times: int) -> int:
    for _ in range(times):
        sum(math.sqrt(number) for number in range(terms))
    return times


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        question, *numbers = line.split()
        if question == "terms":
            print(terms_of(float(numbers[0])), flush=True)
        elif question == "computations":
            print(compute(int(numbers[0]), int(numbers[1])), flush=True)
        else:
            print(times_of(int(numbers[0]), float(numbers[1])), flush=True)


if __name__ == "__main__":
    main()
