// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/page.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <tuple>

#include "dispatch/error_status.h"
#include "dispatch/request_head.h"
#include "explorer_extension.h"
#include "sdk.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

constexpr std::string_view kFolder = "/python-runtime/app";
constexpr const char* kExplorerButton = "explorer_button.js";

}  // namespace

void Page::load() {
  const py::module_ module = py::module_::import("orthanc_runtime.page_files");
  const py::object files = module.attr("page_files")();
  security_policy_ = module.attr("security_policy")(files).cast<std::string>();
  for (auto& [name, file] :
       files.cast<std::map<std::string, std::tuple<std::string, std::string, py::bytes>>>()) {
    const auto& [type, etag, body] = file;
    if (name == kExplorerButton) {
      extend_explorer(std::string(body));
    }
    files_[name] = {type, etag, std::string(body)};
  }
}

void Page::answer(OrthancPluginRestOutput* output, const char* uri,
                  const OrthancPluginHttpRequest& request, bool describe) const {
  std::string_view name = std::string_view(uri).substr(kFolder.size());
  name.remove_prefix(std::min<size_t>(name.size(), 1));
  // The core has cut off a slash at the end; the index finds out itself.
  const auto found = files_.find(name.empty() ? "index.html" : std::string(name));
  if (found == files_.end()) {
    send_error_status(output, 404, "the page has no such file", method_name(request.method), uri,
                      describe);
    return;
  }
  const File& file = found->second;
  OrthancPluginSetHttpHeader(sdk(), output, "ETag", file.etag.c_str());
  OrthancPluginSetHttpHeader(sdk(), output, "Cache-Control", "no-cache");
  if (request_header(request, "if-none-match").find(file.etag) != std::string_view::npos) {
    OrthancPluginSendHttpStatusCode(sdk(), output, 304);
    return;
  }
  OrthancPluginSetHttpHeader(sdk(), output, "Content-Security-Policy", security_policy_.c_str());
  OrthancPluginSetHttpHeader(sdk(), output, "X-Content-Type-Options", "nosniff");
  OrthancPluginSetHttpHeader(sdk(), output, "Referrer-Policy", "same-origin");
  OrthancPluginAnswerBuffer(sdk(), output, file.body.data(),
                            static_cast<uint32_t>(file.body.size()), file.type.c_str());
}

}  // namespace orthanc_runtime
