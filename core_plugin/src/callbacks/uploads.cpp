// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/uploads.h"

#include <memory>
#include <string>

#include "bindings/conversions.h"
#include "callbacks/call_python.h"
#include "callbacks/rest_answer.h"
#include "callbacks/rest_request.h"
#include "dispatch/error_status.h"
#include "dispatch/log_writer.h"
#include "dispatch/request_head.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kUploadReader = "the reader of a chunked upload";

/// What the core knows as an OrthancPluginServerChunkedRequestReader.
struct Upload {
  Upload(Gate& gate, const char* method, const char* uri) : method(method), uri(uri), stay(gate) {}

  const std::string method;
  const std::string uri;
  const Gate::Stay stay;
  // of the reader; the references are given back with the GIL
  py::object add_chunk;
  py::object execute;
  py::object finalize;
  /// Why no callback runs any more: the core sends all chunks even where one has failed.
  std::string refusal;
  std::string error_text;
  OrthancPluginErrorCode code = OrthancPluginErrorCode_Success;
};

Upload& upload_of(OrthancPluginServerChunkedRequestReader* reader) {
  return *reinterpret_cast<Upload*>(reader);
}

py::object method_of(const py::object& reader, const char* name) {
  py::object method = py::getattr(reader, name, py::none());
  if (PyCallable_Check(method.ptr()) == 0) {
    throw py::type_error("the reader of a chunked upload needs a method " + std::string(name) +
                         ", which " + Py_TYPE(reader.ptr())->tp_name + " has not");
  }
  return method;
}

void make_reader(Upload& upload, const py::object& factory, const char* uri,
                 const OrthancPluginHttpRequest& request) {
  const py::object reader = factory(copy_string(uri), **upload_arguments(request));
  upload.add_chunk = method_of(reader, "AddChunk");
  upload.execute = method_of(reader, "Execute");
  if (py::hasattr(reader, "Finalize")) {
    upload.finalize = method_of(reader, "Finalize");
  }
}

/// Gives the references back; the upload itself stays where there is no memory for a stack.
bool end_upload(Upload& upload) {
  bool ended = false;
  call_python(kUploadReader, [&] {
    const py::object finalize = std::move(upload.finalize);
    upload.add_chunk = py::object();
    upload.execute = py::object();
    ended = true;
    if (finalize) {
      finalize();
    }
  });
  return ended;
}

}  // namespace

OrthancPluginErrorCode begin_upload(const py::object& factory,
                                    OrthancPluginServerChunkedRequestReader** reader,
                                    const char* uri,
                                    const OrthancPluginHttpRequest& request) noexcept {
  try {
    Runtime& now = runtime();
    const Gate::Pass pass(now.gate, now.pools()->origin(request) != nullptr);
    auto upload = std::make_unique<Upload>(now.gate, method_name(request.method), uri);
    if (pass.refusal() != nullptr) {
      upload->refusal = pass.refusal();
    } else {
      const OrthancPluginErrorCode code =
          run_python(kUploadReader, [&] { make_reader(*upload, factory, uri, request); });
      if (code != OrthancPluginErrorCode_Success) {
        if (!end_upload(*upload)) {
          static_cast<void>(upload.release());
        }
        return code;
      }
    }
    *reader = reinterpret_cast<OrthancPluginServerChunkedRequestReader*>(upload.release());
    return OrthancPluginErrorCode_Success;
  } catch (const std::exception& error) {
    write_log({LogCode::CallbackFailed, std::string(uri) + ": " + error.what()});
    return OrthancPluginErrorCode_Plugin;
  }
}

OrthancPluginErrorCode add_chunk(OrthancPluginServerChunkedRequestReader* reader, const void* data,
                                 uint32_t size) noexcept {
  Upload& upload = upload_of(reader);
  if (upload.refusal.empty() && upload.code == OrthancPluginErrorCode_Success) {
    upload.code = call_python(
        kUploadReader, [&] { upload.add_chunk(copy_bytes(data, size)); }, &upload.error_text);
  }
  return upload.code;
}

OrthancPluginErrorCode execute_upload(OrthancPluginServerChunkedRequestReader* reader,
                                      OrthancPluginRestOutput* output) noexcept {
  const Upload& upload = upload_of(reader);
  try {
    Runtime& now = runtime();
    if (!upload.refusal.empty()) {
      send_error_status(output, 503, upload.refusal, upload.method.c_str(), upload.uri.c_str(),
                        now.describe_errors());
      return OrthancPluginErrorCode_Success;
    }
    if (upload.code != OrthancPluginErrorCode_Success) {
      describe_error(now, output, upload.error_text);
      return upload.code;
    }
    const Gate::Pass pass(now.gate, true);
    return answer_in_master(now, output, upload.method.c_str(), upload.uri.c_str(),
                            [&](const py::object& lent) { upload.execute(lent); });
  } catch (const std::exception& error) {
    write_log({LogCode::CallbackFailed, upload.uri + ": " + error.what()});
    return OrthancPluginErrorCode_Plugin;
  }
}

void finalize_upload(OrthancPluginServerChunkedRequestReader* reader) noexcept {
  Upload& upload = upload_of(reader);
  if (!upload.add_chunk || end_upload(upload)) {
    delete &upload;
  }
}

}  // namespace orthanc_runtime
