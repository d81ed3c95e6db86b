// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/service.h"

#include <orthanc/OrthancCPlugin.h>

namespace orthanc_runtime {

namespace {

// A worker that does not read a reply in this time will not read it at all.
constexpr double kReplyTimeout = 30;

thread_local std::optional<bool> serving_default_pool;

/// In place of an answer that no frame can carry: the worker waits for one.
Json too_large() {
  return Json::array({static_cast<int>(OrthancPluginErrorCode_NotEnoughMemory),
                      "Orthanc's answer is too large for a worker", nullptr});
}

/// Of the script at a level, or of the worker itself with a code.
LogLine make_line(int level_or_code, const std::string& text) {
  if (level_or_code >= 0 && level_or_code <= static_cast<int>(LogLevel::Info)) {
    return {static_cast<LogLevel>(level_or_code), text};
  }
  LogLevel level = LogLevel::Error;
  if (!find_log_level(level_or_code, level)) {
    throw ProtocolError("log level " + std::to_string(level_or_code));
  }
  return {static_cast<LogCode>(level_or_code), text};
}

}  // namespace

void reply_to_call(Host& host, WorkerProcess& process, Channel& channel, const Frame& frame,
                   const Deadline& deadline, const LentObjects* lent, const AroundCall& around) {
  FrameHeader header;
  header.kind = FrameKind::Reply;
  header.depth = frame.header.depth;
  header.task = frame.header.task;
  const Json head = decode_head(frame.head);
  // A nested task uses the channel's buffer, so the body is kept first.
  const OwnedBody body = frame.body.empty() ? OwnedBody() : channel.keep_body(frame);
  CallReply reply;
  const auto call = [&] {
    reply = host.call({process.handles, header.task, lent}, head, body.view);
  };
  around ? around(call) : call();
  const std::vector<uint8_t> reply_head = encode_head(reply.head);
  if (reply_head.size() > kMaximumHead || reply.body.size() > kMaximumBody) {
    channel.send(header, encode_head(too_large()), nullptr, 0, deadline);
    return;
  }
  const iovec part{const_cast<char*>(reply.body.data()), reply.body.size()};
  channel.send(header, reply_head, &part, 1, deadline);
}

void free_handles(WorkerProcess& process, const Frame& frame) {
  const Json head = decode_head(frame.head);
  if (!head.is_array()) {
    throw ProtocolError("head of FREE");
  }
  for (const Json& handle : head) {
    if (!handle.is_number_unsigned() || !process.handles.free(handle.get<uint64_t>())) {
      throw ProtocolError("FREE of an object that was never made");
    }
  }
}

void log_from_worker(Host& host, const WorkerProcess& process, const Frame& frame) {
  const Json head = decode_head(frame.head);
  if (!head.is_array() || head.size() != 1 || !head[0].is_number_integer()) {
    throw ProtocolError("head of LOG");
  }
  const int given = head[0].get<int>();
  std::string from = process.name();
  if (frame.header.task != 0) {
    from += ", task " + std::to_string(frame.header.task);
  }
  const std::string text = from + ": " + std::string(frame.body);
  host.log(make_line(given, text).of_task(frame.header.task, {}, {}).of_worker(process.pid()));
}

bool is_failure_head(const Json& head) {
  return head.is_array() && head.size() == 4 && head[0].is_string() && head[1].is_string() &&
         head[2].is_string() && (head[3].is_null() || head[3].is_number_integer());
}

std::optional<bool> service_here() { return serving_default_pool; }

void serve_service_socket(Host& host, Channel& channel, WorkerProcess& process,
                          bool of_default_pool) {
  serving_default_pool = of_default_pool;
  try {
    for (;;) {
      const Frame frame = channel.receive(Deadline::never());
      if (frame.header.task != 0 || frame.header.depth != 0) {
        throw ProtocolError("a task's frame on the service socket");
      }
      if (frame.header.kind == FrameKind::Call) {
        reply_to_call(host, process, channel, frame, Deadline::in(kReplyTimeout));
      } else if (frame.header.kind == FrameKind::Free) {
        free_handles(process, frame);
      } else if (frame.header.kind == FrameKind::Log) {
        log_from_worker(host, process, frame);
      } else {
        throw ProtocolError("frame kind " + std::to_string(static_cast<int>(frame.header.kind)));
      }
    }
  } catch (const ChannelClosed&) {
    // The worker has gone; whoever watches its pidfd deals with that.
  } catch (const std::exception& error) {
    process.kill(std::string("its service socket failed: ") + error.what());
  }
  process.handles.free_all();
}

}  // namespace orthanc_runtime
