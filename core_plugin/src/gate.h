// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Counts the callbacks under way, and keeps new ones out while Orthanc stops or routes are added.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "dispatch/deadline.h"

namespace orthanc_runtime {

class Gate {
 public:
  /// Held while a callback runs. Work that a request started on its own thread always enters:
  /// refusing it would spoil a request that may still end well.
  class Pass {
   public:
    Pass(Gate& gate, bool from_worker);
    ~Pass();
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

    /// Why it was refused; null where it entered.
    const char* refusal() const { return refusal_; }

   private:
    Gate& gate_;
    const char* refusal_ = nullptr;
  };

  /// Held by what the stop waits for, but no pause: filters, of which there is one for each
  /// request, and uploads between their chunks. Made and destroyed by the same thread, whose
  /// requests count as those of a worker.
  class Stay {
   public:
    explicit Stay(Gate& gate);
    ~Stay();
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;

   private:
    Gate& gate_;
  };

  /// Waits until no pass is held; while it lives nobody enters. Without a moment of quiet within
  /// `grace` seconds newcomers are refused for up to `drain` seconds.
  class Pause {
   public:
    Pause(Gate& gate, double grace, double drain);
    /// Waits for quiet as long as it takes, and refuses nobody meanwhile.
    explicit Pause(Gate& gate);
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

    /// False where somebody is still inside: the pause is none then.
    bool reached() const { return reached_; }

   private:
    Gate& gate_;
    bool reached_ = true;
  };

  /// Waits while there is a pause: for requests for which the core has taken no lock yet.
  void await_open(const Deadline& deadline);

  /// Ends pauses that wait, too.
  void close();
  bool is_closed();

  /// False where passes or stays are still held at the deadline.
  bool wait_empty(const Deadline& deadline);

 private:
  enum class Entry { Open, Draining, Paused };

  void set_entry(Entry entry);

  std::mutex mutex_;
  std::condition_variable empty_;
  std::condition_variable opened_;
  std::atomic<bool> paused_{false};  // spares all requests the mutex
  size_t inside_ = 0;
  size_t staying_ = 0;
  bool closed_ = false;
  Entry entry_ = Entry::Open;
};

}  // namespace orthanc_runtime
