// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Idle lanes and the threads that wait for one, first come first served.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "dispatch/calling.h"
#include "dispatch/channel.h"
#include "dispatch/shared_lanes.h"
#include "dispatch/wake_up.h"

namespace orthanc_runtime {

/// The way to a worker for one task at a time.
struct Lane {
  Lane(Descriptor socket, std::shared_ptr<WorkerProcess> worker, LanePipes pipes = {})
      : process(worker), channel(std::move(socket), std::move(worker), std::move(pipes)) {}

  const std::shared_ptr<WorkerProcess> process;
  Channel channel;

  /// Of a main lane: the others of its worker, where it has some.
  std::shared_ptr<SharedLanes> shared;
  /// Of the others: where they belong.
  std::weak_ptr<SharedLanes> of;
};

class LaneQueue {
 public:
  /// `spread`: tasks that share workers are given to all of them alike, else to as few as
  /// possible, so that some are left for tasks of their own.
  explicit LaneQueue(bool spread = false) : spread_(spread) {}
  ~LaneQueue();
  LaneQueue(const LaneQueue&) = delete;
  LaneQueue& operator=(const LaneQueue&) = delete;

  enum class Refusal { None, Timeout, Closed, Interrupted };
  struct Lease {
    std::shared_ptr<Lane> lane;
    Refusal refusal = Refusal::None;
    bool started = false;
    Calling* host = nullptr;  // in place of a lane
  };

  /// Sends the first frame of a task if that can be done at once; whether it has.
  using Start = std::function<bool(Lane&)>;

  /// Waits for a lane until the deadline. The lane used last comes first: its caches are warm.
  /// Where it has to wait, whoever gives the lane calls `start` already: the worker need not wait
  /// until this thread has woken.
  /// `sharing`: the task needs no worker of its own. `guest`: it may run within another one.
  Lease lease(const Deadline& deadline, const Start& start, const Sharing* sharing = nullptr,
              bool guest = false);

  /// From now on a guest may come.
  void open(Calling& calling);

  /// None comes any more; waits until the present one has left. False at the deadline.
  bool close_to_guests(Calling& calling, const Deadline& deadline);

  /// The guest leaves, for good where the worker is of no use any more.
  void leave(Calling& calling, bool lane_is_good);

  /// Gives a lane, new or used, to the next waiter or to the idle ones; false when closed or
  /// when the lane was discarded meanwhile.
  bool give(const std::shared_ptr<Lane>& lane);

  /// A lane that cannot be given back: its worker gets no further task. Whether its task may have
  /// caused that.
  bool lose(const std::shared_ptr<Lane>& lane);

  /// Takes a main lane out for good, with those beside it, if it is idle; a leased one is refused
  /// by `give` later.
  void discard(const std::shared_ptr<Lane>& lane);

  /// No lane is leased any more, waiters leave with Refusal::Closed.
  void close();

  /// Sends all waiters away with Refusal::Interrupted.
  void interrupt();

  size_t waiting() const;
  size_t idle() const;

 private:
  struct Waiter {
    Waiter(const Start& start, const Sharing* sharing, bool guest)
        : start(start), sharing(sharing), guest(guest) {}

    const Start& start;
    const Sharing* const sharing;
    const bool guest;
    bool claimed = false;  // no longer in the list: the lease is about to come
    Lease lease;           // until `woken`, whoever has claimed it has this
    WakeUp woken;
  };

  std::shared_ptr<Lane> take(const Sharing* sharing);
  std::shared_ptr<SharedLanes> find_shared(const Sharing& sharing) const;
  void settle(const std::shared_ptr<SharedLanes>& shared);
  void serve_waiters(std::unique_lock<std::mutex>& lock);
  void invite(Calling& calling);
  void send_away(Refusal refusal);

  const bool spread_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<Lane>> idle_;
  std::list<std::shared_ptr<SharedLanes>> sharing_;  // of workers that serve tasks at once
  std::list<Waiter*> waiters_;
  std::list<Calling*> calling_;  // without a guest
  std::list<std::weak_ptr<Lane>> discarded_;
  bool closed_ = false;
};

}  // namespace orthanc_runtime
