// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// CALL frames served by the SDK: what a worker's `orthanc` module can do in the core.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "dispatch/call_arguments.h"
#include "dispatch/codecs.h"
#include "dispatch/http_threads.h"

namespace orthanc_runtime {

class Pools;

namespace calls {

/// Throws ProtocolError for arguments that make no sense, Failure where the core refuses.
using Executor = CallReply (*)(Arguments& given);

/// By the name in the CALL: `LookupPatient`, `Image.GetImageWidth`.
using Table = std::map<std::string_view, Executor>;

/// Those of functions that type rules wrap, generated from the header.
const Table& generated();
/// What the rules cannot wrap.
const Table& by_hand();
const Table& dicomweb_calls();
const Table& resource_calls();

}  // namespace calls

/// The dispatcher's host inside Orthanc.
class SdkHost : public Host {
 public:
  using FindPools = std::function<std::shared_ptr<const Pools>()>;

  SdkHost(std::shared_ptr<HttpThreads> http_threads, FindPools pools)
      : http_threads_(std::move(http_threads)), pools_(std::move(pools)) {}

  void log(const LogLine& line) override;
  CallReply call(const CallOrigin& origin, const Json& head, std::string_view body) override;
  void limit_http_threads(size_t count, uint16_t port) override {
    http_threads_->set_limits(count, port);
  }
  void note_functions() override { http_threads_->note_functions(); }

 private:
  CallReply reserve_http_thread(calls::Arguments& given) const;
  CallReply may_use_http(calls::Arguments& given);

  const std::shared_ptr<HttpThreads> http_threads_;
  const FindPools pools_;
  std::atomic<bool> channel_said_{false};
};

}  // namespace orthanc_runtime
