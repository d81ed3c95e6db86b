// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sdk.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "dispatch/log_writer.h"
#include "dispatch/rest_capture.h"
#include "explorer_extension.h"

namespace orthanc_runtime {

namespace {
// The SDK hands callbacks no payload, so the context has to be found from anywhere.
std::atomic<OrthancPluginContext*> current{nullptr};
std::atomic<OrthancPluginContext*> core{nullptr};
std::atomic<bool> is_open{false};
std::atomic<int> calls{0};

/// The core, but for answers to requests of the channel, log lines that become JSON, and the
/// extension of Orthanc Explorer.
OrthancPluginErrorCode invoke(OrthancPluginContext* /*context*/, _OrthancPluginService service,
                              const void* parameters) {
  if (const auto code = RestCapture::serve(service, parameters)) {
    return *code;
  }
  if (log_as_json(service, parameters)) {
    return OrthancPluginErrorCode_Success;
  }
  OrthancPluginErrorCode result = OrthancPluginErrorCode_Success;
  if (extends_explorer(service, parameters, &result)) {
    return result;
  }
  OrthancPluginContext* const context = core;
  return context->InvokeService(context, service, parameters);
}

struct Closing {
  std::mutex mutex;
  std::condition_variable none;
};

Closing& closing() {
  // Never destroyed: threads may still be on their way out at exit.
  static auto* instance = new Closing;
  return *instance;
}
}  // namespace

OrthancPluginContext* sdk() { return current.load(std::memory_order_acquire); }

OrthancPluginContext* core_sdk() { return core; }

void set_sdk(OrthancPluginContext* context) {
  core = context;
  OrthancPluginContext* const before = sdk();
  if (before == nullptr || before->pluginsManager != context->pluginsManager ||
      before->orthancVersion != context->orthancVersion || before->Free != context->Free) {
    // Never freed: there is one for each start, and threads of the one before may still use theirs.
    auto* const own = new OrthancPluginContext(*context);
    own->InvokeService = &invoke;
    current.store(own, std::memory_order_release);
  }
  is_open = true;
}

SdkCall::SdkCall() {
  ++calls;
  refused_ = !is_open;
}

SdkCall::~SdkCall() {
  if (--calls == 0 && !is_open) {
    const std::lock_guard lock(closing().mutex);
    closing().none.notify_all();
  }
}

void close_sdk(double seconds) {
  is_open = false;
  std::unique_lock lock(closing().mutex);
  closing().none.wait_for(lock, std::chrono::duration<double>(seconds), [] { return calls == 0; });
}

}  // namespace orthanc_runtime
