// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is said on a lane while a task runs.
#include <utility>

#include "dispatch/awaited_output.h"
#include "dispatch/exchange.h"
#include "dispatch/pool.h"
#include "dispatch/service.h"

namespace orthanc_runtime {

namespace {

class Serving {
 public:
  explicit Serving(Exchange* exchange) : exchange_(exchange), outer_(innermost) {
    innermost = this;
  }
  ~Serving() { innermost = outer_; }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  static thread_local const Serving* innermost;
  Exchange* exchange() const { return exchange_; }
  const Serving* outer() const { return outer_; }

 private:
  Exchange* const exchange_;
  const Serving* const outer_;
};

thread_local const Serving* Serving::innermost = nullptr;

/// While a CALL is served others may run tasks within it.
class OpenToGuests {
 public:
  OpenToGuests(Exchange& exchange, Calling*& place, LaneQueue& lanes)
      : calling_(exchange), place_(place), lanes_(lanes) {
    place_ = &calling_;
    lanes_.open(calling_);
  }
  ~OpenToGuests() {
    // A guest has a deadline of its own.
    lanes_.close_to_guests(calling_, Deadline::never());
    place_ = nullptr;
  }
  OpenToGuests(const OpenToGuests&) = delete;
  OpenToGuests& operator=(const OpenToGuests&) = delete;

 private:
  Calling calling_;
  Calling*& place_;
  LaneQueue& lanes_;
};

// A larger answer may wait for a slow client, and should do so without the worker: DONE is awaited
// for a moment before it is sent.
constexpr size_t kSentAtOnce = size_t{64} * 1024;
constexpr double kGrace = 0.001;

// What a coroutine may take for its end after CANCEL.
constexpr double kCancelled = 1;

FrameHeader task_header(uint64_t id, uint8_t depth) {
  FrameHeader header;
  header.kind = FrameKind::Task;
  header.depth = depth;
  header.task = id;
  return header;
}

}  // namespace

Exchange* Exchange::innermost() {
  return Serving::innermost == nullptr ? nullptr : Serving::innermost->exchange();
}

Exchange* Exchange::innermost_of(const Pool& pool) {
  for (const Serving* serving = Serving::innermost; serving != nullptr;
       serving = serving->outer()) {
    if (serving->exchange()->pool() == &pool) {
      return serving->exchange();
    }
  }
  return nullptr;
}

bool Exchange::start(Lane& lane, const Task& task, uint64_t id) {
  return lane.channel.send_at_once(task_header(id, 0), task.head, task.body.data(),
                                   task.body.size());
}

Outcome Exchange::converse(const Task& task, uint64_t id, bool started) {
  if (started) {
    // Since before this thread woke.
    lane_->channel.take_what_is_here();
  } else {
    lane_->channel.send(task_header(id, depth_), task.head, task.body.data(), task.body.size(),
                        deadline_);
  }
  std::optional<PendingOutput> pending;
  for (;;) {
    if (!lane_->channel.await(pending ? Deadline::in(kGrace).earlier(deadline_) : deadline_)) {
      if (pending && !deadline_.passed()) {
        apply(task, std::exchange(pending, std::nullopt));
      } else if (!cancel(task, id)) {
        throw DeadlinePassed();
      }
      continue;
    }
    const Frame frame = lane_->channel.receive(deadline_);
    heard_ = true;
    if (frame.header.task != id || frame.header.depth != depth_) {
      throw ProtocolError("a frame of task " + std::to_string(frame.header.task) + " at depth " +
                          std::to_string(frame.header.depth));
    }
    if (frame.header.kind != FrameKind::Done) {
      apply(task, std::exchange(pending, std::nullopt));
    }
    switch (frame.header.kind) {
      case FrameKind::Output:
        pending = take_output(task, frame);
        break;
      case FrameKind::Call:
        serve_call(task, frame);
        break;
      case FrameKind::Log:
        log_from_worker(host_, *lane_->process, frame);
        break;
      case FrameKind::Free:
        free_handles(*lane_->process, frame);
        break;
      case FrameKind::Done: {
        Outcome outcome;
        outcome.body = lane_->channel.keep_body(frame);
        outcome.pending = std::move(pending);
        return ended(task, std::move(outcome));
      }
      case FrameKind::Failed: {
        Outcome outcome;
        outcome.ending = Ending::HandlerFailed;
        outcome.error = decode_head(frame.head);
        if (!is_failure_head(outcome.error)) {
          throw ProtocolError("head of FAILED");
        }
        outcome.message =
            outcome.error[0].get<std::string>() + ": " + outcome.error[1].get<std::string>();
        outcome.body = lane_->channel.keep_body(frame);
        return ended(task, std::move(outcome));
      }
      default:
        throw ProtocolError("frame kind " + std::to_string(static_cast<int>(frame.header.kind)));
    }
  }
}

bool Exchange::cancel(const Task& task, uint64_t id) {
  if (!task.cancellable || cancelled_) {
    return false;
  }
  cancelled_ = true;
  deadline_ = Deadline::in(kCancelled);
  FrameHeader header;
  header.kind = FrameKind::Cancel;
  header.depth = depth_;
  header.task = id;
  lane_->channel.send(header, encode_head(Json::array()), nullptr, 0, deadline_);
  return true;
}

Outcome Exchange::ended(const Task& task, Outcome outcome) const {
  if (!cancelled_) {
    return outcome;
  }
  return failed(Ending::DeadlinePassed, passed_deadline(task) + " and was cancelled");
}

void Exchange::discard_output(const Frame& frame, const Json& head) {
  if (find_awaited_output(head) == nullptr) {
    return;
  }
  FrameHeader header = frame.header;
  header.kind = FrameKind::Reply;
  const Json reply = Json::array(
      {static_cast<int>(OrthancPluginErrorCode_Timeout), "the deadline has passed", nullptr});
  lane_->channel.send(header, encode_head(reply), nullptr, 0, deadline_);
}

std::optional<PendingOutput> Exchange::take_output(const Task& task, const Frame& frame) {
  if (task.sink == nullptr) {
    throw ProtocolError("an output call in a function call");
  }
  Json head = decode_head(frame.head);
  task.sink->check(head);
  if (cancelled_) {
    discard_output(frame, head);
    return std::nullopt;
  }
  if (const std::optional<Json> reply = task.sink->apply_awaited(head, frame.body)) {
    FrameHeader header = frame.header;
    header.kind = FrameKind::Reply;
    lane_->channel.send(header, encode_head(*reply), nullptr, 0, deadline_);
    return std::nullopt;
  }
  // Where DONE may have come along, the next task has the worker while this answer is sent.
  if (frame.body.size() <= kSentAtOnce && !lane_->channel.has_more()) {
    task.sink->apply(head, frame.body);
    return std::nullopt;
  }
  return PendingOutput{std::move(head), lane_->channel.keep_body(frame)};
}

void Exchange::apply(const Task& task, const std::optional<PendingOutput>& output) {
  if (output) {
    task.sink->apply(output->head, output->body.view);
  }
}

void Exchange::serve_call(const Task& task, const Frame& frame) {
  const Serving nested(this);
  // The lanes beside the main one are of workers that run coroutines, which cannot be interrupted.
  const bool open = pool_ != nullptr && depth_ < kMaximumDepth && lane_->of.expired();
  reply_to_call(host_, *lane_->process, lane_->channel, frame, deadline_, task.lent.get(),
                [&](const std::function<void()>& call) {
                  if (open) {
                    const OpenToGuests calling(*this, calling_, pool_->lanes());
                    call();
                  } else {
                    call();
                  }
                });
}

}  // namespace orthanc_runtime
