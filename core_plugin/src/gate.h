// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Counts the requests under way, and keeps new ones out while Orthanc stops.
#pragma once

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
    explicit operator bool() const { return entered_; }

   private:
    Gate& gate_;
    bool entered_ = true;
  };

  void close();

  /// False where requests are still under way at the deadline.
  bool wait_empty(const Deadline& deadline);

 private:
  std::mutex mutex_;
  std::condition_variable empty_;
  size_t inside_ = 0;
  bool closed_ = false;
};

}  // namespace orthanc_runtime
