// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the dispatcher needs of the program it lives in: Orthanc, or a test.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dispatch/frame.h"
#include "dispatch/log_line.h"

namespace orthanc_runtime {

/// The answer to a CALL: the head of a REPLY and its body, owned where the core allocated it.
struct CallReply {
  Json head;
  std::shared_ptr<const void> owner;
  std::string_view body;
};

class Handles;
class LentObjects;

/// Who makes a CALL: the objects of its worker, its task, 0 outside of tasks, and what that has
/// been lent, if anything.
struct CallOrigin {
  Handles& handles;
  uint64_t task = 0;
  const LentObjects* lent = nullptr;
};

class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;

  virtual void log(const LogLine& line) = 0;

  /// HttpThreadsCount and HttpPort of Orthanc, 0 where it has no HTTP server.
  virtual void limit_http_threads(size_t /*count*/, uint16_t /*port*/) {}
  /// The pool is for functions, too, which a callback of the core may call.
  virtual void note_functions() {}

  /// Serves a CALL frame. Throws ProtocolError where the head makes no sense.
  virtual CallReply call(const CallOrigin& origin, const Json& head, std::string_view body) = 0;
};

/// The calls that a handler makes on its RestOutput.
class OutputSink {
 public:
  OutputSink() = default;
  OutputSink(const OutputSink&) = delete;
  OutputSink& operator=(const OutputSink&) = delete;
  virtual ~OutputSink() = default;

  /// Throws ProtocolError where the head of an OUTPUT frame makes no sense.
  virtual void check(const Json& head) const = 0;

  /// Applies an OUTPUT frame that was checked.
  virtual void apply(const Json& head, std::string_view body) = 0;

  /// Whether a call has been applied that cannot be undone.
  virtual bool touched() const { return false; }

  /// Applies one at once where the worker waits to hear how it went: the head of the REPLY. Empty
  /// for every other one.
  virtual std::optional<Json> apply_awaited(const Json& /*head*/, std::string_view /*body*/) {
    return std::nullopt;
  }
};

}  // namespace orthanc_runtime
