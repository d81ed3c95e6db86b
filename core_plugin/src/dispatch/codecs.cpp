// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/codecs.h"

#include <atomic>
#include <limits>

#include "dispatch/codec_guard.h"

namespace orthanc_runtime {

namespace {

std::atomic<ScriptDecoder> script_decoder{nullptr};
std::atomic<ScriptTranscoder> script_transcoder{nullptr};
std::atomic<bool> builtin_first{false};

/// `script` and `core` in the order of the configuration, until one returns something; the core
/// does not ask the script again.
template <class Script, class Core>
auto ask(Codec codec, bool has_script, Script&& script, Core&& core) {
  const bool last = builtin_first;
  if (has_script && !last) {
    if (auto* const found = script()) {
      return found;
    }
  }
  auto* const found = [&] {
    const CodecGuard guard(codec);
    return core();
  }();
  return found == nullptr && has_script && last ? script() : found;
}

template <class Core>
OrthancPluginImage* decode(const void* dicom, uint32_t size, uint32_t frame, Core&& core) {
  const ScriptDecoder decoder = script_decoder;
  return ask(
      Codec::Decoder, decoder != nullptr, [&] { return decoder(dicom, size, frame); }, core);
}

}  // namespace

void set_script_decoder(ScriptDecoder decoder) { script_decoder = decoder; }
void set_script_transcoder(ScriptTranscoder transcoder) { script_transcoder = transcoder; }
void set_builtin_codecs_first(bool first) { builtin_first = first; }

OrthancPluginImage* decode_dicom_image(OrthancPluginContext* context, const void* buffer,
                                       uint32_t size, uint32_t frame) {
  return decode(buffer, size, frame,
                [&] { return OrthancPluginDecodeDicomImage(context, buffer, size, frame); });
}

OrthancPluginImage* uncompress_image(OrthancPluginContext* context, const void* data, uint32_t size,
                                     OrthancPluginImageFormat format) {
  const auto core = [&] { return OrthancPluginUncompressImage(context, data, size, format); };
  return format == OrthancPluginImageFormat_Dicom ? decode(data, size, 0, core) : core();
}

OrthancPluginImage* get_instance_decoded_frame(OrthancPluginContext* context,
                                               const OrthancPluginDicomInstance* instance,
                                               uint32_t frame) {
  const auto core = [&] { return OrthancPluginGetInstanceDecodedFrame(context, instance, frame); };
  const int64_t size = OrthancPluginGetInstanceSize(context, instance);
  const void* const dicom = OrthancPluginGetInstanceData(context, instance);
  if (dicom == nullptr || size < 0 || size > std::numeric_limits<uint32_t>::max()) {
    const CodecGuard guard(Codec::Decoder);
    return core();
  }
  return decode(dicom, static_cast<uint32_t>(size), frame, core);
}

OrthancPluginDicomInstance* transcode_dicom_instance(OrthancPluginContext* context,
                                                     const void* buffer, uint32_t size,
                                                     const char* syntax) {
  const ScriptTranscoder transcoder = script_transcoder;
  const auto script = [&]() -> OrthancPluginDicomInstance* {
    OrthancPluginMemoryBuffer transcoded{nullptr, 0};
    if (!transcoder(&transcoded, buffer, size, &syntax, 1, true)) {
      return nullptr;
    }
    OrthancPluginDicomInstance* const instance =
        OrthancPluginCreateDicomInstance(context, transcoded.data, transcoded.size);
    OrthancPluginFreeMemoryBuffer(context, &transcoded);
    return instance;
  };
  return ask(Codec::Transcoder, transcoder != nullptr, script,
             [&] { return OrthancPluginTranscodeDicomInstance(context, buffer, size, syntax); });
}

}  // namespace orthanc_runtime
