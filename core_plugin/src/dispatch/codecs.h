// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of the SDK that decode and transcode, for scripts that have decoders and transcoders.
// The core asks those while it holds a lock that most of its services need, so that a decoder which
// called one of these would stop all of Orthanc. Here they are asked before the core is called.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <cstdint>

namespace orthanc_runtime {

/// Null where the script has no image for this frame.
using ScriptDecoder = OrthancPluginImage* (*)(const void* dicom, uint32_t size, uint32_t frame);
/// False where the script does not transcode this.
using ScriptTranscoder = bool (*)(OrthancPluginMemoryBuffer* transcoded, const void* dicom,
                                  uint64_t size, const char* const* syntaxes, uint32_t count,
                                  bool allow_new_sop_instance_uid);

/// Null where the script has none.
void set_script_decoder(ScriptDecoder decoder);
void set_script_transcoder(ScriptTranscoder transcoder);
/// BuiltinDecoderTranscoderOrder is "Before": Orthanc's own come first.
void set_builtin_codecs_first(bool first);

// As the functions of the SDK of these names.
OrthancPluginImage* decode_dicom_image(OrthancPluginContext* context, const void* buffer,
                                       uint32_t size, uint32_t frame);
OrthancPluginImage* uncompress_image(OrthancPluginContext* context, const void* data, uint32_t size,
                                     OrthancPluginImageFormat format);
OrthancPluginImage* get_instance_decoded_frame(OrthancPluginContext* context,
                                               const OrthancPluginDicomInstance* instance,
                                               uint32_t frame);
OrthancPluginDicomInstance* transcode_dicom_instance(OrthancPluginContext* context,
                                                     const void* buffer, uint32_t size,
                                                     const char* syntax);

}  // namespace orthanc_runtime
