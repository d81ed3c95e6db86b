// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sdk.h"

#include <atomic>

namespace orthanc_runtime {

namespace {
// The SDK hands callbacks no payload, so the context has to be found from anywhere.
std::atomic<OrthancPluginContext*> current{nullptr};
}  // namespace

OrthancPluginContext* sdk() { return current.load(std::memory_order_acquire); }

void set_sdk(OrthancPluginContext* context) { current.store(context, std::memory_order_release); }

}  // namespace orthanc_runtime
