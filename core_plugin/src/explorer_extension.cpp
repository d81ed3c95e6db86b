// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "explorer_extension.h"

#include <cstring>
#include <mutex>

#include "sdk.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kPlugin = "orthanc-runtime";

std::mutex extending;

std::string& own() {
  // Never destroyed: threads may still be on their way out at exit.
  static auto* javascript = new std::string;
  return *javascript;
}

OrthancPluginErrorCode set(const std::string& javascript) {
  _OrthancPluginSetPluginProperty property{};
  property.plugin = kPlugin;
  property.property = _OrthancPluginProperty_OrthancExplorer;
  property.value = javascript.c_str();
  OrthancPluginContext* const context = core_sdk();
  return context->InvokeService(context, _OrthancPluginService_SetPluginProperty, &property);
}

}  // namespace

void extend_explorer(const std::string& javascript) {
  const std::lock_guard lock(extending);
  own() = javascript;
  set(javascript);
}

bool extends_explorer(_OrthancPluginService service, const void* parameters,
                      OrthancPluginErrorCode* result) {
  if (service != _OrthancPluginService_SetPluginProperty) {
    return false;
  }
  const auto& property = *static_cast<const _OrthancPluginSetPluginProperty*>(parameters);
  if (property.property != _OrthancPluginProperty_OrthancExplorer ||
      strcmp(property.plugin, kPlugin) != 0) {
    return false;
  }
  const std::lock_guard lock(extending);
  *result = set(own() + "\n" + property.value);
  return true;
}

}  // namespace orthanc_runtime
