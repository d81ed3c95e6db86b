// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The core emits audit logs under a lock that the same thread cannot take twice.
#pragma once

namespace orthanc_runtime {

/// While it lives, this thread runs handlers of an audit log.
class HandlingAuditLog {
 public:
  HandlingAuditLog();
  ~HandlingAuditLog();
  HandlingAuditLog(const HandlingAuditLog&) = delete;
  HandlingAuditLog& operator=(const HandlingAuditLog&) = delete;

  static bool in_this_thread();
};

inline constexpr const char* kNestedAuditLog =
    "An audit log cannot be emitted by the handler of another one";

}  // namespace orthanc_runtime
