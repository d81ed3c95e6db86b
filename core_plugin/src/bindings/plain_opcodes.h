// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Short values of the plain types as opcodes of pickle, protocol 5 (pickletools of Python).
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <string_view>

namespace orthanc_runtime {

namespace opcode {

constexpr char kBegin[] = "\x80\x05";
constexpr char kMark = '(';
constexpr char kCall[] = "t}\x86.";  // a tuple of what stands after the mark, no keywords
constexpr char kEnd = '.';

}  // namespace opcode

/// Appends the value; false where it is not plain or not short.
bool write_plain(std::string& into, PyObject* value);

/// Takes the value in front; null where that was not written by `write_plain`.
pybind11::object read_plain(std::string_view& from);

}  // namespace orthanc_runtime
