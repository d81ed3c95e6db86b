// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a DICOM file, of DICOM PS3.10, 7.1.
#pragma once

#include <string>
#include <string_view>

namespace orthanc_runtime {

/// (0002,0010) of the file meta information; empty where this is no DICOM file.
std::string transfer_syntax_of(std::string_view file);

}  // namespace orthanc_runtime
