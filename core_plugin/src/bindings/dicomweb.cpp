// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// DICOMweb JSON and XML, whose binary tags a function of the script may write.
#include <exception>
#include <string>

#include "bindings/hand_written.h"
#include "python_stack.h"

namespace orthanc_runtime {

namespace {

using DicomInstance = SdkObject<OrthancPluginDicomInstance>;

/// A binary tag that the core asks about.
struct BinaryTag {
  uint32_t depth;
  const uint16_t* groups;
  const uint16_t* elements;
  const uint32_t* indexes;
  uint16_t group;
  uint16_t element;
  OrthancPluginValueRepresentation vr;

  py::tuple parents() const {
    py::tuple parents(depth);
    for (uint32_t i = 0; i < depth; ++i) {
      parents[i] = py::make_tuple(groups[i], elements[i], indexes[i]);
    }
    return parents;
  }
};

/// Where the core takes the way of writing a tag; it writes none that is not given to it.
struct BinaryNode {
  OrthancPluginDicomWebNode* node;
  OrthancPluginDicomWebSetBinaryNode setter;

  /// False where Orthanc does not know the mode, or not for this tag.
  bool write(OrthancPluginDicomWebBinaryMode mode, const char* uri) const {
    const GilRelease released;
    try {
      setter(node, mode, uri);
      return true;
    } catch (...) {  // an exception of the core
      return false;
    }
  }
};

/// The script's function during one encoding; the first error is kept for the caller.
class BinaryTags {
 public:
  explicit BinaryTags(py::object callback) : callback_(std::move(callback)) {
    if (!callback_.is_none() && PyCallable_Check(callback_.ptr()) == 0) {
      throw py::type_error(std::string("the callback for binary tags is a callable or None, not ") +
                           Py_TYPE(callback_.ptr())->tp_name);
    }
  }

  OrthancPluginDicomWebBinaryCallback2 function() const {
    return callback_.is_none() ? &ignore : &ask;
  }

  /// With the GIL.
  void rethrow() const {
    if (error_) {
      std::rethrow_exception(error_);
    }
  }

 private:
  static void ignore(OrthancPluginDicomWebNode* /*node*/,
                     OrthancPluginDicomWebSetBinaryNode /*setter*/, uint32_t /*depth*/,
                     const uint16_t* /*groups*/, const uint16_t* /*elements*/,
                     const uint32_t* /*indexes*/, uint16_t /*group*/, uint16_t /*element*/,
                     OrthancPluginValueRepresentation /*vr*/, void* /*payload*/) noexcept {}

  static void ask(OrthancPluginDicomWebNode* node, OrthancPluginDicomWebSetBinaryNode setter,
                  uint32_t depth, const uint16_t* groups, const uint16_t* elements,
                  const uint32_t* indexes, uint16_t group, uint16_t element,
                  OrthancPluginValueRepresentation vr, void* payload) noexcept {
    auto& self = *static_cast<BinaryTags*>(payload);
    if (self.error_) {
      return;
    }
    try {
      enter_python([&] {
        self.write({depth, groups, elements, indexes, group, element, vr}, {node, setter});
      });
    } catch (...) {
      self.error_ = std::current_exception();
    }
  }

  void write(const BinaryTag& tag, const BinaryNode& node) const {
    const py::object answer = callback_(tag.parents(), py::make_tuple(tag.group, tag.element),
                                        enum_member("ValueRepresentation", tag.vr));
    if (answer.is_none() || answer.is(py::bool_(false))) {
      return;
    }
    if (Text::accepts(answer)) {
      node.write(OrthancPluginDicomWebBinaryMode_BulkDataUri, Text(answer).c_str());
      return;
    }
    if (!node.write(mode_of(answer), "")) {
      throw py::value_error(py::str("Orthanc cannot write the binary tag ({:04x},{:04x}) as {!s}")
                                .format(tag.group, tag.element, py::str(answer))
                                .cast<std::string>());
    }
  }

  static OrthancPluginDicomWebBinaryMode mode_of(const py::object& answer) {
    if (answer.is(py::bool_(true))) {
      return OrthancPluginDicomWebBinaryMode_InlineBinary;
    }
    if (PyLong_Check(answer.ptr()) == 0) {
      throw py::type_error(
          std::string("the callback for binary tags returns None, True, a str (the URI of the bulk "
                      "data) or a DicomWebBinaryMode, not ") +
          Py_TYPE(answer.ptr())->tp_name);
    }
    const auto mode = static_cast<OrthancPluginDicomWebBinaryMode>(answer.cast<std::int32_t>());
    if (mode == OrthancPluginDicomWebBinaryMode_BulkDataUri) {
      throw py::value_error(
          "the callback for binary tags returns the URI of the bulk data itself, a str, in place "
          "of DicomWebBinaryMode.BULK_DATA_URI");
    }
    return mode;
  }

  py::object callback_;
  std::exception_ptr error_;
};

/// The functions of the header would drop the error code.
template <class Parameters>
py::object encode(_OrthancPluginService service, Parameters& parameters, char*& target,
                  const BinaryTags& tags) {
  const OrthancPluginErrorCode code =
      call_sdk([&] { return sdk()->InvokeService(sdk(), service, &parameters); });
  if (code == OrthancPluginErrorCode_Success) {
    py::object text = take_string(target);
    tags.rethrow();
    return text;
  }
  tags.rethrow();
  throw_sdk_error(code);
}

template <_OrthancPluginService service>
py::object encode_file(const Bytes32& dicom, const py::object& callback) {
  BinaryTags tags(callback);
  char* target = nullptr;
  _OrthancPluginEncodeDicomWeb2 parameters{&target, dicom.data(), dicom.size(), tags.function(),
                                           &tags};
  return encode(service, parameters, target, tags);
}

template <_OrthancPluginService service>
py::object encode_instance(DicomInstance& self, const py::object& callback) {
  BinaryTags tags(callback);
  const Use<OrthancPluginDicomInstance> use(self);
  char* target = nullptr;
  _OrthancPluginAccessDicomInstance2 parameters{};
  parameters.targetStringToFree = &target;
  parameters.instance = use.get();
  parameters.dicomWebCallback = tags.function();
  parameters.dicomWebPayload = &tags;
  return encode(service, parameters, target, tags);
}

constexpr const char* kFileDoc =
    "(dicom, callback=None)\n\n"
    "Encodes a DICOM file; callback(parents, tag, vr) says how a binary tag is written.";

}  // namespace

void bind_dicomweb_instance(py::class_<DicomInstance>& bound) {
  bound.def("GetInstanceDicomWebJson",
            &encode_instance<_OrthancPluginService_GetInstanceDicomWebJson>,
            py::arg("callback") = py::none(), "GetInstanceDicomWebJson(self, callback=None)");
  bound.def("GetInstanceDicomWebXml",
            &encode_instance<_OrthancPluginService_GetInstanceDicomWebXml>,
            py::arg("callback") = py::none(), "GetInstanceDicomWebXml(self, callback=None)");
}

void bind_dicomweb(py::module_& module) {
  const auto json = &encode_file<_OrthancPluginService_EncodeDicomWebJson2>;
  const auto xml = &encode_file<_OrthancPluginService_EncodeDicomWebXml2>;
  const auto define = [&](const std::string& name, const auto& function) {
    module.def(name.c_str(), function, py::arg("dicom"), py::arg("callback") = py::none(),
               (name + kFileDoc).c_str());
  };
  define("EncodeDicomWebJson", json);
  define("EncodeDicomWebJson2", json);
  define("EncodeDicomWebXml", xml);
  define("EncodeDicomWebXml2", xml);
}

}  // namespace orthanc_runtime
