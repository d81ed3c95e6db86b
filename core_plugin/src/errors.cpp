// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "errors.h"

#include <pybind11/pybind11.h>

#include <algorithm>
#include <exception>
#include <limits>

#include "bindings/gil.h"
#include "sdk.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

py::object exception_class() {
  // never released: the interpreter lives as long as the process
  static PyObject* const found =
      py::object(py::module_::import("orthanc_runtime.errors").attr("OrthancException"))
          .release()
          .ptr();
  return py::reinterpret_borrow<py::object>(found);
}

std::string to_text(py::handle object) {
  PyObject* const encoded = PyUnicode_AsEncodedString(object.ptr(), "utf-8", "backslashreplace");
  if (encoded == nullptr) {
    throw py::error_already_set();
  }
  const auto bytes = py::reinterpret_steal<py::bytes>(encoded);
  std::string text = bytes;
  // Orthanc's log takes C strings
  std::replace(text.begin(), text.end(), '\0', '?');
  return text;
}

std::string message_of(py::handle value) {
  try {
    return to_text(py::str(value));
  } catch (const py::error_already_set&) {
    return "(the exception has no readable message)";
  }
}

std::string traceback_of(const py::error_already_set& error) {
  try {
    // Before Python 3.12 the value does not have to know its traceback.
    const py::object trace = error.trace() ? py::object(error.trace()) : py::none();
    const py::object lines = py::module_::import("traceback")
                                 .attr("format_exception")(error.type(), error.value(), trace);
    return to_text(py::str("").attr("join")(lines));
  } catch (const py::error_already_set&) {
    return "(the traceback cannot be formatted)";
  }
}

OrthancPluginErrorCode code_of(py::handle value) {
  if (!py::isinstance(value, exception_class())) {
    return OrthancPluginErrorCode_Plugin;
  }
  const py::tuple arguments = value.attr("args");
  if (arguments.empty() || !PyLong_Check(py::object(arguments[0]).ptr())) {
    return OrthancPluginErrorCode_Plugin;
  }
  int overflow = 0;
  const long code = PyLong_AsLongAndOverflow(py::object(arguments[0]).ptr(), &overflow);
  const bool fits = overflow == 0 && code >= std::numeric_limits<std::int32_t>::min() &&
                    code <= std::numeric_limits<std::int32_t>::max();
  // success would tell Orthanc that the callback has done its work
  if (!fits || code == OrthancPluginErrorCode_Success) {
    return OrthancPluginErrorCode_Plugin;
  }
  return static_cast<OrthancPluginErrorCode>(code);
}

void log_error(LogCode code, const std::string& text) {
  const GilRelease released;
  write_log({code, text});
}

OrthancPluginErrorCode report(LogCode line, const char* where, std::string* summary) {
  const py::error_already_set error;
  const std::string type_name = to_text(py::str(error.type().attr("__qualname__")));
  const std::string message = message_of(error.value());
  log_error(line, std::string("Error in ") + where + ", traceback:\n" +
                      to_text(py::str(error.type())) + "\n" + message + "\n" + traceback_of(error));
  if (summary != nullptr) {
    *summary = message.empty() ? type_name : type_name + ": " + message;
    std::replace(summary->begin(), summary->end(), '\n', ' ');
  }
  return code_of(error.value());
}

}  // namespace

void throw_sdk_error(OrthancPluginErrorCode code) {
  throw_sdk_error(code, OrthancPluginGetErrorDescription(sdk(), code));
}

void throw_sdk_error(OrthancPluginErrorCode code, const std::string& description) {
  const py::tuple arguments = py::make_tuple(static_cast<int>(code), description);
  PyErr_SetObject(exception_class().ptr(), arguments.ptr());
  throw py::error_already_set();
}

void check(OrthancPluginErrorCode code) {
  if (code != OrthancPluginErrorCode_Success) {
    throw_sdk_error(code);
  }
}

OrthancPluginErrorCode report_python_error(LogCode line, const char* where,
                                           std::string* summary) noexcept {
  try {
    return report(line, where, summary);
  } catch (const std::exception& error) {
    // also a Python exception raised while another one was being reported
    PyErr_Clear();
    try {
      log_error(line,
                std::string("Error in ") + where + ", which cannot be described: " + error.what());
    } catch (const std::exception&) {
    }
    return OrthancPluginErrorCode_Plugin;
  }
}

}  // namespace orthanc_runtime
