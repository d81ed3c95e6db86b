// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Python objects as MessagePack.
#pragma once

#include <Python.h>

#include <string>

namespace orthanc_runtime {

/// Appends None, bool, int, float, str, bytes, bytearray, list, tuple or dict; lone surrogates in
/// text become the bytes that surrogateescape has made them from. Throws error_already_set with
/// TypeError, OverflowError, ValueError.
void write_msgpack(PyObject* value, std::string& packed);

}  // namespace orthanc_runtime
