// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a client of an offloaded route gets: output calls from the worker, or an error.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <string>

#include "dispatch/task.h"

namespace orthanc_runtime {

class Answer : public OutputSink {
 public:
  Answer(OrthancPluginRestOutput* output, const char* method, const char* uri, bool describe,
         std::string request_id, const std::string& handler)
      : output_(output),
        method_(method),
        uri_(uri),
        handler_(handler),
        describe_(describe),
        request_id_(std::move(request_id)) {}

  void check(const Json& head) const override;
  void apply(const Json& head, std::string_view body) override;
  bool touched() const override { return touched_; }
  std::optional<Json> apply_awaited(const Json& head, std::string_view body) override;

  /// Answers for a task that did not answer by itself. The result is for the core.
  OrthancPluginErrorCode finish(const Outcome& outcome);

 private:
  /// Where some of the answer has been sent, no error can be answered.
  const char* cut() const { return in_parts_ ? "; its answer, in parts, is cut" : ""; }
  void set_request_id();
  void log(const Outcome& outcome, const std::string& message) const;
  OrthancPluginErrorCode fail(const std::string& details, OrthancPluginErrorCode code);
  OrthancPluginErrorCode handler_failed(const Outcome& outcome);

  OrthancPluginRestOutput* const output_;
  const char* const method_;
  const char* const uri_;
  const std::string& handler_;  // the address of what answers
  const bool describe_;
  const std::string request_id_;  // for the header
  bool has_request_id_ = false;
  bool touched_ = false;
  bool answered_ = false;
  bool in_parts_ = false;
  bool has_details_ = false;  // from the handler
};

}  // namespace orthanc_runtime
