// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// CALLs of the DICOMweb encodings, which leave binary tags out: a function of the script that says
// more about them would have to run in the master.
#include "dispatch/calls.h"

namespace orthanc_runtime::calls {

namespace {

void leave_out(OrthancPluginDicomWebNode* /*node*/, OrthancPluginDicomWebSetBinaryNode /*setter*/,
               uint32_t /*depth*/, const uint16_t* /*groups*/, const uint16_t* /*elements*/,
               const uint32_t* /*indexes*/, uint16_t /*group*/, uint16_t /*element*/,
               OrthancPluginValueRepresentation /*vr*/, void* /*payload*/) noexcept {}

/// The functions of the header would drop the error code.
template <class Parameters>
CallReply encode(const Arguments& given, _OrthancPluginService service, Parameters& parameters,
                 char*& target) {
  check(call_sdk([&] { return sdk()->InvokeService(sdk(), service, &parameters); }));
  return reply(given.origin(), take_string(target));
}

template <_OrthancPluginService service>
CallReply encode_file(Arguments& given) {
  const Bytes32 dicom(given);
  given.end();
  char* target = nullptr;
  _OrthancPluginEncodeDicomWeb2 parameters{&target, dicom.data(), dicom.size(), &leave_out,
                                           nullptr};
  return encode(given, service, parameters, target);
}

template <_OrthancPluginService service>
CallReply encode_instance(Arguments& given) {
  const SdkObject<OrthancPluginDicomInstance> self(given);
  given.end();
  char* target = nullptr;
  _OrthancPluginAccessDicomInstance2 parameters{};
  parameters.targetStringToFree = &target;
  parameters.instance = self.get();
  parameters.dicomWebCallback = &leave_out;
  return encode(given, service, parameters, target);
}

}  // namespace

const Table& dicomweb_calls() {
  static const Table table{
      {"DicomInstance.GetInstanceDicomWebJson",
       encode_instance<_OrthancPluginService_GetInstanceDicomWebJson>},
      {"DicomInstance.GetInstanceDicomWebXml",
       encode_instance<_OrthancPluginService_GetInstanceDicomWebXml>},
      {"EncodeDicomWebJson", encode_file<_OrthancPluginService_EncodeDicomWebJson2>},
      {"EncodeDicomWebJson2", encode_file<_OrthancPluginService_EncodeDicomWebJson2>},
      {"EncodeDicomWebXml", encode_file<_OrthancPluginService_EncodeDicomWebXml2>},
      {"EncodeDicomWebXml2", encode_file<_OrthancPluginService_EncodeDicomWebXml2>},
  };
  return table;
}

}  // namespace orthanc_runtime::calls
