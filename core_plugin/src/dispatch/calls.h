// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// CALL frames served by the SDK: what a worker's `orthanc` module can do in the core.
#pragma once

#include "dispatch/host.h"

namespace orthanc_runtime {

/// The dispatcher's host inside Orthanc.
class SdkHost : public Host {
 public:
  void log(LogLevel level, const std::string& message) override;
  CallReply call(const Json& head, std::string_view body) override;
};

}  // namespace orthanc_runtime
