// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <limits>

#include "dispatch/deadline.h"

using namespace orthanc_runtime;

TEST_CASE("a deadline beyond what the clock can count has not passed") {
  for (const double seconds : {1e10, 1e300, std::numeric_limits<double>::infinity()}) {
    const Deadline deadline = Deadline::in(seconds);
    CHECK(!deadline.passed());
    CHECK(deadline.remaining()->tv_sec > 900'000'000);
    CHECK(Deadline::timeout(seconds).at() > Deadline::in(1).at());
  }
}

TEST_CASE("no time left") {
  for (const double seconds : {0.0, -1.0, -1e300}) {
    CHECK(Deadline::in(seconds).passed());
  }
  CHECK(Deadline::timeout(0).is_never());
  CHECK(!Deadline::never().remaining());
}
