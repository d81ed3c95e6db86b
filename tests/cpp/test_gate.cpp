// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "gate.h"

using namespace orthanc_runtime;

namespace {

/// Whether a request enters, asked in a thread of its own as passes are counted per thread.
bool enters(Gate& gate, bool from_worker = false) {
  bool entered = false;
  std::thread([&] { entered = Gate::Pass(gate, from_worker).refusal() == nullptr; }).join();
  return entered;
}

}  // namespace

TEST_CASE("a closed gate refuses newcomers, but not what a request leads to") {
  Gate gate;
  CHECK(enters(gate));
  auto inside = std::make_unique<Gate::Pass>(gate, false);
  gate.close();
  CHECK_FALSE(enters(gate));
  CHECK(enters(gate, true));
  CHECK(Gate::Pass(gate, false).refusal() == nullptr);
  CHECK_FALSE(gate.wait_empty(Deadline::in(0.01)));
  inside.reset();
  CHECK(gate.wait_empty(Deadline::in(5)));
  CHECK(std::string(Gate::Pass(gate, false).refusal()) == "Orthanc is stopping");
}

TEST_CASE("a pause begins when the last one leaves, and nobody enters meanwhile") {
  Gate gate;
  {
    const Gate::Pause pause(gate, 5, 5);
    CHECK(pause.reached());
    CHECK_FALSE(enters(gate));
    CHECK_FALSE(enters(gate, true));
  }
  CHECK(enters(gate));

  auto inside = std::make_unique<Gate::Pass>(gate, false);
  std::atomic<bool> reached{false};
  std::thread pausing([&] {
    const Gate::Pause pause(gate, 0, 20);
    reached = pause.reached();
  });
  // Newcomers are refused as soon as the pause drains; workers still get in.
  const Deadline deadline = Deadline::in(10);
  while (enters(gate) && !deadline.passed()) {
    std::this_thread::yield();
  }
  CHECK_FALSE(enters(gate));
  CHECK(enters(gate, true));
  CHECK_FALSE(reached);
  inside.reset();
  pausing.join();
  CHECK(reached);
  CHECK(enters(gate));
}

TEST_CASE("a pause that is not reached lets everybody in again") {
  Gate gate;
  const Gate::Pass inside(gate, false);
  const Gate::Pause pause(gate, 0, 0.01);
  CHECK_FALSE(pause.reached());
  CHECK(enters(gate));
}

TEST_CASE("the stop waits for a stay, a pause does not") {
  Gate gate;
  auto stay = std::make_unique<Gate::Stay>(gate);
  {
    const Gate::Pause pause(gate, 0, 0);
    CHECK(pause.reached());
    // it would hold the core's lock and wait for it
    CHECK(Gate::Pass(gate, false).refusal() != nullptr);
  }
  gate.close();
  CHECK_FALSE(enters(gate));
  CHECK(Gate::Pass(gate, false).refusal() == nullptr);
  CHECK_FALSE(gate.wait_empty(Deadline::in(0.01)));
  stay.reset();
  CHECK(gate.wait_empty(Deadline::in(5)));
}

TEST_CASE("closing ends a pause that waits") {
  Gate gate;
  const Gate::Pass inside(gate, false);
  std::thread pausing([&] { const Gate::Pause pause(gate); });
  gate.close();
  pausing.join();
}

TEST_CASE("what has taken no lock yet waits for the end of a pause, or of the gate") {
  Gate gate;
  gate.await_open(Deadline::in(0));
  auto pause = std::make_unique<Gate::Pause>(gate, 5, 5);
  std::atomic<bool> ended{false};
  std::thread waiting([&] {
    gate.await_open(Deadline::in(20));
    CHECK(ended);
  });
  gate.await_open(Deadline::in(0.01));
  ended = true;
  pause.reset();
  waiting.join();

  pause = std::make_unique<Gate::Pause>(gate, 5, 5);
  gate.close();
  gate.await_open(Deadline::in(20));  // at once
}
