// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What decoders and transcoders in Python must not do on the thread on which they run.
#pragma once

namespace orthanc_runtime {

enum class Codec { Decoder, Transcoder };

/// Marks the thread. A decoder that calls DecodeDicomImage wants what the others make of the image,
/// and would call itself for ever.
class CodecGuard {
 public:
  explicit CodecGuard(Codec codec);
  ~CodecGuard();
  CodecGuard(const CodecGuard&) = delete;
  CodecGuard& operator=(const CodecGuard&) = delete;

  /// A callback of this kind is running on this thread already.
  bool is_nested() const { return *depth_ > 1; }

 private:
  int* const depth_;
};

/// Raises RuntimeError within any of them: the core, which holds a lock then, would wait for
/// itself. With the GIL.
void require_no_codec(const char* function);

}  // namespace orthanc_runtime
