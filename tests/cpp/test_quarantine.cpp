// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "dispatch/quarantine.h"

using namespace orthanc_runtime;

namespace {

constexpr const char* kHandler = "rest:script:/a#1";

}  // namespace

TEST_CASE("a handler that crashes again and again waits longer and longer") {
  Quarantine quarantine(3);
  Quarantine::Time now;
  using std::chrono::seconds;
  for (int i = 0; i < 2; ++i) {
    CHECK(quarantine.crashed(kHandler, "died", now).empty());
    CHECK_FALSE(quarantine.refusal(kHandler, now));
  }
  for (const int period : {10, 20, 40, 80, 160, 300, 300}) {
    const std::string line = quarantine.crashed(kHandler, "died", now);
    CHECK_MESSAGE(line.find("for " + std::to_string(period) + " s,") != std::string::npos, line);
    CHECK_FALSE(quarantine.refusal("another", now));
    now += seconds(period - 1);
    const auto refusal = quarantine.refusal(kHandler, now);
    REQUIRE(refusal);
    CHECK_MESSAGE(refusal->find("the last died") != std::string::npos, *refusal);
    now += seconds(1);
    CHECK_FALSE(quarantine.refusal(kHandler, now));  // the one that decides
    CHECK(quarantine.refusal(kHandler, now));
  }
  quarantine.undecided(kHandler);
  CHECK_FALSE(quarantine.refusal(kHandler, now));
  CHECK(quarantine.succeeded(kHandler).find("leaves its quarantine") != std::string::npos);
  CHECK_FALSE(quarantine.refusal(kHandler, now));
  CHECK(quarantine.crashed(kHandler, "died", now).empty());
}

TEST_CASE("a success in between, and tasks that began before, do not count") {
  Quarantine quarantine(2);
  const Quarantine::Time now;
  for (int i = 0; i < 10; ++i) {
    CHECK(quarantine.crashed(kHandler, "died", now).empty());
    CHECK(quarantine.succeeded(kHandler).empty());
  }
  quarantine.crashed(kHandler, "died", now);
  CHECK_FALSE(quarantine.crashed(kHandler, "died", now).empty());
  CHECK(quarantine.crashed(kHandler, "died", now).empty());
  CHECK_FALSE(quarantine.refusal(kHandler, now + std::chrono::seconds(10)));
}

TEST_CASE("there need be no quarantine") {
  Quarantine quarantine(0);
  for (int i = 0; i < 10; ++i) {
    CHECK(quarantine.crashed(kHandler, "died", {}).empty());
  }
  CHECK_FALSE(quarantine.refusal(kHandler, {}));
}
