// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/codec_guard.h"

namespace orthanc_runtime {

namespace {

thread_local int decoders = 0;
thread_local int transcoders = 0;

}  // namespace

CodecGuard::CodecGuard(Codec codec) : depth_(codec == Codec::Decoder ? &decoders : &transcoders) {
  ++*depth_;
}

CodecGuard::~CodecGuard() { --*depth_; }

bool codec_is_running() { return decoders > 0 || transcoders > 0; }

}  // namespace orthanc_runtime
