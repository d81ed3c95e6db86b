// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The dictionary of DICOM tags, and error codes of one's own.
#include <string>

#include "bindings/hand_written.h"

namespace orthanc_runtime {

namespace {

py::dict lookup_dictionary(const Text& name) {
  OrthancPluginDictionaryEntry entry{};
  const OrthancPluginErrorCode code =
      call_sdk([&] { return OrthancPluginLookupDictionary(sdk(), &entry, name.c_str()); });
  if (code != OrthancPluginErrorCode_Success) {
    // scripts rely on the TypeError
    throw py::type_error(std::string("Unknown DICOM tag: ") + name.c_str());
  }
  py::dict result;
  result["Group"] = entry.group;
  result["Element"] = entry.element;
  result["ValueRepresentation"] = enum_member("ValueRepresentation", entry.vr);
  result["MinMultiplicity"] = entry.minMultiplicity;
  result["MaxMultiplicity"] = entry.maxMultiplicity;
  return result;
}

// The result is the new code, not an error; only this one stands for a failure.
int register_error_code(std::int32_t code, std::uint16_t http_status, const Text& message) {
  const OrthancPluginErrorCode registered = call_sdk(
      [&] { return OrthancPluginRegisterErrorCode(sdk(), code, http_status, message.c_str()); });
  if (registered == OrthancPluginErrorCode_Plugin) {
    throw_sdk_error(registered);
  }
  return registered;
}

}  // namespace

void bind_dictionary(py::module_& module) {
  module.def("LookupDictionary", &lookup_dictionary,
             "LookupDictionary(name: str, /) -> dict[str, int]\n\nGroup, Element, "
             "ValueRepresentation, MinMultiplicity and MaxMultiplicity of a DICOM tag; a name "
             "that Orthanc does not know is a TypeError.");
  module.def("RegisterErrorCode", &register_error_code,
             "RegisterErrorCode(code: int, httpStatus: int, message: str, /) -> int\n\nDeclares "
             "an error of one's own; returns the code for OrthancException.");
}

}  // namespace orthanc_runtime
