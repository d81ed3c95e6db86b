// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The SDK context of this start of the plugin, for every call into the Orthanc core.
#pragma once

#include <orthanc/OrthancCPlugin.h>

namespace orthanc_runtime {

OrthancPluginContext* sdk();
/// What the core has given us: calls go past what we do ourselves. Null before the first start.
OrthancPluginContext* core_sdk();
void set_sdk(OrthancPluginContext* context);

/// A call of Python into the SDK, for its time. Not to be made where it is refused: threads that
/// the script left behind must not reach a core that is being taken down.
class SdkCall {
 public:
  SdkCall();
  ~SdkCall();
  SdkCall(const SdkCall&) = delete;
  SdkCall& operator=(const SdkCall&) = delete;
  bool refused() const { return refused_; }

 private:
  bool refused_;
};

/// Refuses further calls and waits for those under way, at most `seconds`.
void close_sdk(double seconds);

}  // namespace orthanc_runtime
