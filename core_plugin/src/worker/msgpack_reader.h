// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// MessagePack as Python objects.
#pragma once

#include <pybind11/pybind11.h>

#include <string_view>

namespace orthanc_runtime {

/// The one value that `packed` is; str and bytes are told apart, other bytes than UTF-8 in text
/// survive by surrogateescape. Throws ProtocolError where it is none, error_already_set.
pybind11::object read_msgpack(std::string_view packed);

}  // namespace orthanc_runtime
