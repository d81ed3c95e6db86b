// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What Orthanc calls: start, changes, stop.
#include <orthanc/OrthancCPlugin.h>

#include <exception>
#include <string>

#include "dispatch/log_writer.h"
#include "interpreter.h"
#include "runtime.h"
#include "sdk.h"

#define ORTHANC_RUNTIME_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

OrthancPluginErrorCode on_change(OrthancPluginChangeType change, OrthancPluginResourceType level,
                                 const char* resource) {
  orthanc_runtime::Runtime& runtime = orthanc_runtime::runtime();
  runtime.changes.push(change, level, resource);
  // Delivered on the main thread while the HTTP server still runs: what is under way can end.
  if (change == OrthancPluginChangeType_OrthancStopped) {
    runtime.stop();
  }
  return OrthancPluginErrorCode_Success;
}

}  // namespace

ORTHANC_RUNTIME_EXPORT int32_t OrthancPluginInitialize(OrthancPluginContext* context) {
  orthanc_runtime::set_sdk(context);
  if (OrthancPluginCheckVersionAdvanced(context, 1, 10, 1) == 0) {
    orthanc_runtime::write_log({orthanc_runtime::LogCode::OrthancTooOld,
                                "Orthanc Runtime needs Orthanc 1.10.1 or newer, this is " +
                                    std::string(context->orthancVersion)});
    return -1;
  }
  OrthancPluginSetDescription(context, "Python scripts with a pool of worker processes");
  orthanc_runtime::Runtime& runtime = orthanc_runtime::renew_runtime();
  try {
    OrthancPluginRegisterOnChangeCallback(context, &on_change);
    runtime.start();
    return 0;
  } catch (const std::exception& error) {
    orthanc_runtime::write_log({orthanc_runtime::LogCode::DoesNotStart,
                                std::string("Orthanc Runtime does not start: ") + error.what()});
    runtime.stop();
    runtime.watchdog.disarm();
    return -1;
  }
}

ORTHANC_RUNTIME_EXPORT void OrthancPluginFinalize() {
  // Newer cores call this twice; the interpreter itself stays, see ARCHITECTURE.md.
  orthanc_runtime::Runtime& runtime = orthanc_runtime::runtime();
  runtime.stop();
  runtime.watchdog.disarm();
}

ORTHANC_RUNTIME_EXPORT const char* OrthancPluginGetName() { return "orthanc-runtime"; }

ORTHANC_RUNTIME_EXPORT const char* OrthancPluginGetVersion() { return ORTHANC_RUNTIME_VERSION; }
