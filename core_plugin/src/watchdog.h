// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Ends an Orthanc that cannot stop because a handler in the master interpreter does not return.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>

namespace orthanc_runtime {

class Watchdog {
 public:
  Watchdog();

  /// While one lives, its thread runs a handler in the master interpreter.
  class Handler {
   public:
    explicit Handler(Watchdog& watchdog);
    ~Handler();
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;

   private:
    Watchdog& watchdog_;
    const unsigned long thread_;
  };

  /// Raises SystemExit in the handlers that still run; does not wait for the GIL that this needs.
  void interrupt_handlers();

  /// From now on Orthanc has `seconds` to get to disarm(), else the process exits.
  void arm(double seconds);
  void disarm();

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace orthanc_runtime
