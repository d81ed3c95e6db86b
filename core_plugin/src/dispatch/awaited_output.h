// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Output calls of which the worker waits to hear how they went: answers that are sent in parts, and
// whose client may leave meanwhile; images, which Orthanc may be unable to compress.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <string_view>

#include "dispatch/frame.h"

namespace orthanc_runtime {

struct AwaitedOutput {
  /// One letter for each element of the head but the first: text, unsigned or signed number, map.
  std::string_view arguments;
  /// The client has some of the answer before the handler ends.
  bool in_parts;
  /// Orthanc refuses headers of multipart answers.
  bool takes_headers;
  /// Throws calls::Failure.
  void (*apply)(OrthancPluginRestOutput* output, const Json& head, std::string_view body);
};

/// Null where this is the head of another call; throws ProtocolError for bad arguments.
const AwaitedOutput* find_awaited_output(const Json& head);

}  // namespace orthanc_runtime
