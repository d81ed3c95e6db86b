// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/instance_filters.h"

#include <limits>
#include <optional>
#include <string>

#include "bindings/registration.h"
#include "bindings/sdk_object.h"
#include "callbacks/call_python.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kCStoreFilter = "the Python incoming-cstore-instance filter";
constexpr const char* kDicomFilter = "the Python incoming-dicom-instance filter";
constexpr uint16_t kAccepted = 0;
/// The DIMSE status "out of resources", for a filter that has failed.
constexpr uint16_t kOutOfResources = 0xA700;
constexpr int32_t kDiscardInstance = 0;
constexpr int32_t kStoreInstance = 1;
constexpr int32_t kFilterFailed = -1;

int32_t filter_c_store(uint16_t* status, const OrthancPluginDicomInstance* instance) noexcept {
  uint16_t verdict = kOutOfResources;
  call_python(kCStoreFilter, [&] { verdict = runtime().c_store_filters.decide(instance); });
  *status = verdict;
  return verdict == kAccepted ? kStoreInstance : kDiscardInstance;
}

int32_t filter_dicom(const OrthancPluginDicomInstance* instance) noexcept {
  int32_t verdict = kFilterFailed;
  call_python(kDicomFilter, [&] { verdict = runtime().dicom_instance_filters.decide(instance); });
  return verdict;
}

uint16_t dimse_status(const py::object& returned) {
  if (PyLong_Check(returned.ptr()) == 0) {
    throw py::type_error(std::string(kCStoreFilter) +
                         " must return a DIMSE status, 0 to accept the instance, not " +
                         Py_TYPE(returned.ptr())->tp_name);
  }
  int overflow = 0;
  const long status = PyLong_AsLongAndOverflow(returned.ptr(), &overflow);
  if (overflow != 0 || status < 0 || status > std::numeric_limits<uint16_t>::max()) {
    throw py::value_error(std::string(kCStoreFilter) + " returned " +
                          py::repr(returned).cast<std::string>() + ", which is no DIMSE status");
  }
  return static_cast<uint16_t>(status);
}

bool is_stored(const py::object& returned) {
  if (!PyBool_Check(returned.ptr())) {
    throw py::type_error(std::string(kDicomFilter) + " must return True or False, not " +
                         Py_TYPE(returned.ptr())->tp_name);
  }
  return returned.is(py::bool_(true));
}

void register_c_store_filter(const py::object& filter) {
  require_callable(filter, "RegisterIncomingCStoreInstanceFilter");
  runtime().c_store_filters.add(filter);
}

void register_dicom_filter(const py::object& filter) {
  require_callable(filter, "RegisterIncomingDicomInstanceFilter");
  runtime().dicom_instance_filters.add(filter);
}

}  // namespace

void CStoreFilters::add(py::object filter) {
  filters_.add(std::move(filter), [] {
    check(call_sdk(
        [] { return OrthancPluginRegisterIncomingCStoreInstanceFilter(sdk(), &filter_c_store); }));
  });
}

uint16_t CStoreFilters::decide(const OrthancPluginDicomInstance* instance) const {
  const Lent<OrthancPluginDicomInstance> lent(instance);
  uint16_t refusal = kAccepted;
  bool failed = false;
  for (const py::object& filter : filters_.present()) {
    std::optional<uint16_t> status;
    log_python_error(kCStoreFilter, [&] { status = dimse_status(filter(lent.object())); });
    failed = failed || !status;
    if (refusal == kAccepted) {
      refusal = status.value_or(kAccepted);
    }
  }
  return refusal == kAccepted && failed ? kOutOfResources : refusal;
}

void DicomInstanceFilters::add(py::object filter) {
  filters_.add(std::move(filter), [] {
    check(call_sdk(
        [] { return OrthancPluginRegisterIncomingDicomInstanceFilter(sdk(), &filter_dicom); }));
  });
}

int32_t DicomInstanceFilters::decide(const OrthancPluginDicomInstance* instance) const {
  const Lent<OrthancPluginDicomInstance> lent(instance);
  bool refused = false;
  bool failed = false;
  for (const py::object& filter : filters_.present()) {
    std::optional<bool> stored;
    log_python_error(kDicomFilter, [&] { stored = is_stored(filter(lent.object())); });
    failed = failed || !stored;
    refused = refused || !stored.value_or(true);
  }
  if (refused) {
    return kDiscardInstance;
  }
  return failed ? kFilterFailed : kStoreInstance;
}

void bind_instance_filters(py::module_& module) {
  module.def("RegisterIncomingCStoreInstanceFilter", &register_c_store_filter,
             "RegisterIncomingCStoreInstanceFilter(filter)\n\n"
             "Calls filter(instance) for each instance that comes by C-STORE; it returns the DIMSE "
             "status, 0 to accept the instance.");
  module.def("RegisterIncomingDicomInstanceFilter", &register_dicom_filter,
             "RegisterIncomingDicomInstanceFilter(filter)\n\n"
             "Calls filter(instance) for each instance that Orthanc receives; False discards it.");
}

}  // namespace orthanc_runtime
