// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/codec_guard.h"

#include <pybind11/pybind11.h>

#include <string>

namespace orthanc_runtime {

namespace {

thread_local int decoders = 0;
thread_local int transcoders = 0;

}  // namespace

CodecGuard::CodecGuard(Codec codec) : depth_(codec == Codec::Decoder ? &decoders : &transcoders) {
  ++*depth_;
}

CodecGuard::~CodecGuard() { --*depth_; }

void require_no_codec(const char* function) {
  if (decoders > 0 || transcoders > 0) {
    PyErr_SetString(
        PyExc_RuntimeError,
        (std::string(function) + " cannot be called by a decoder or transcoder while it runs")
            .c_str());
    throw pybind11::error_already_set();
  }
}

}  // namespace orthanc_runtime
