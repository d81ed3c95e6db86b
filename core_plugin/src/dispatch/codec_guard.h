// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the decoders and transcoders of the script from being asked twice on one thread.
#pragma once

namespace orthanc_runtime {

enum class Codec { Decoder, Transcoder };

/// Marks the thread: the script's have been asked, or one of them is running. A decoder that calls
/// DecodeDicomImage wants what the others make of the image, and would call itself for ever.
class CodecGuard {
 public:
  explicit CodecGuard(Codec codec);
  ~CodecGuard();
  CodecGuard(const CodecGuard&) = delete;
  CodecGuard& operator=(const CodecGuard&) = delete;

  /// It was marked before.
  bool is_nested() const { return *depth_ > 1; }

 private:
  int* const depth_;
};

/// Is this thread within a decoder or a transcoder?
bool codec_is_running();

}  // namespace orthanc_runtime
