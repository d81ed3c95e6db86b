// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/transcoders.h"

#include <stdexcept>
#include <string>

#include "bindings/conversions.h"
#include "bindings/registration.h"
#include "callbacks/call_python.h"
#include "callbacks/dicom_meta_information.h"
#include "callbacks/returned_buffer.h"
#include "dispatch/codec_guard.h"
#include "dispatch/codecs.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kTranscoder = "the transcoder";

py::tuple to_tuple(const char* const* syntaxes, uint32_t count) {
  py::tuple listed(count);
  for (uint32_t i = 0; i < count; ++i) {
    listed[i] = copy_string(syntaxes[i]);
  }
  return listed;
}

bool ask_transcoders(OrthancPluginMemoryBuffer* transcoded, const void* buffer, uint64_t size,
                     const char* const* syntaxes, uint32_t count,
                     bool allow_new_sop_instance_uid) noexcept {
  const CodecGuard guard(Codec::Transcoder);
  bool done = false;
  if (!guard.is_nested()) {
    call_python(kTranscoder, [&] {
      done = runtime().transcoders.transcode(transcoded, buffer, size, to_tuple(syntaxes, count),
                                             allow_new_sop_instance_uid);
    });
  }
  return done;
}

OrthancPluginErrorCode on_transcode(OrthancPluginMemoryBuffer* transcoded, const void* buffer,
                                    uint64_t size, const char* const* syntaxes, uint32_t count,
                                    uint8_t allow_new_sop_instance_uid) noexcept {
  const bool done =
      ask_transcoders(transcoded, buffer, size, syntaxes, count, allow_new_sop_instance_uid != 0);
  return done ? OrthancPluginErrorCode_Success : OrthancPluginErrorCode_NotImplemented;
}

/// The core stores and sends what it gets.
void require_syntax(const py::object& dicom, const py::tuple& syntaxes) {
  require_buffer(dicom, kTranscoder);
  const Bytes64 bytes(dicom);
  const std::string syntax = transfer_syntax_of({bytes.chars(), bytes.length()});
  if (syntax.empty()) {
    throw py::value_error(std::string(kTranscoder) + " returned " + std::to_string(bytes.length()) +
                          " bytes that are no DICOM file");
  }
  if (!syntaxes.contains(syntax.c_str())) {
    throw py::value_error(std::string(kTranscoder) + " returned transfer syntax " + syntax +
                          ", of which none was asked for: " +
                          std::string(py::str(", ").attr("join")(syntaxes).cast<std::string>()));
  }
}

void register_transcoder(const py::object& callback) {
  require_callable(callback, "RegisterTranscoderCallback");
  runtime().transcoders.add(callback);
}

}  // namespace

void Transcoders::add(py::object transcoder) {
  if (transcoders_.empty() && codec_is_running()) {
    throw std::runtime_error(
        "RegisterTranscoderCallback: a decoder that is running cannot register the first "
        "transcoder");
  }
  transcoders_.add(std::move(transcoder), [] {
    check(call_sdk([] { return OrthancPluginRegisterTranscoderCallback(sdk(), &on_transcode); }));
    set_script_transcoder(&ask_transcoders);
  });
}

bool Transcoders::transcode(OrthancPluginMemoryBuffer* target, const void* dicom,
                            std::uint64_t size, const py::tuple& syntaxes,
                            bool allow_new_sop_instance_uid) const {
  const py::bytes bytes = copy_bytes(dicom, size);
  bool done = false;
  for (const py::object& transcoder : transcoders_.present()) {
    log_python_error(kTranscoder, [&] {
      const py::object returned = transcoder(bytes, syntaxes, allow_new_sop_instance_uid);
      if (!returned.is_none()) {
        require_syntax(returned, syntaxes);
        return_buffer(returned, target, kTranscoder);
        done = true;
      }
    });
    if (done) {
      break;
    }
  }
  return done;
}

void bind_transcoders(py::module_& module) {
  module.def("RegisterTranscoderCallback", &register_transcoder,
             "RegisterTranscoderCallback(callback)\n\n"
             "Calls callback(dicom, syntaxes, allowNewSopInstanceUid) to transcode a DICOM file.");
}

}  // namespace orthanc_runtime
