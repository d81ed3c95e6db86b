// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/arguments.h"

#include <cstring>
#include <string>

#include "dispatch/pixels.h"

namespace orthanc_runtime {

namespace {

// Text from the SDK that is not UTF-8 comes with surrogates, and goes back as it came.
py::object encode_surrogates(py::handle source) {
  PyErr_Clear();
  PyObject* const encoded = PyUnicode_AsEncodedString(source.ptr(), "utf-8", "surrogateescape");
  if (encoded == nullptr) {
    throw py::error_already_set();
  }
  return py::reinterpret_steal<py::object>(encoded);
}

struct Utf8 {
  py::object owner;
  const char* text;
  Py_ssize_t length;
};

Utf8 to_utf8(py::handle source) {
  Py_ssize_t length = 0;
  const char* const text = PyUnicode_AsUTF8AndSize(source.ptr(), &length);
  if (text != nullptr) {
    return {py::reinterpret_borrow<py::object>(source), text, length};
  }
  py::object encoded = encode_surrogates(source);
  const char* const bytes = PyBytes_AS_STRING(encoded.ptr());
  length = PyBytes_GET_SIZE(encoded.ptr());
  return {std::move(encoded), bytes, length};
}

[[noreturn]] void throw_out_of_range(py::handle number, const std::string& least,
                                     const std::string& greatest) {
  const std::string text = py::str(number);
  PyErr_SetString(PyExc_OverflowError,
                  (text + " is not between " + least + " and " + greatest).c_str());
  throw py::error_already_set();
}

py::object as_int(py::handle source) {
  PyObject* const number = PyNumber_Index(source.ptr());
  if (number == nullptr) {
    throw py::error_already_set();
  }
  return py::reinterpret_steal<py::object>(number);
}

}  // namespace

std::int64_t to_signed(py::handle source, std::int64_t least, std::int64_t greatest) {
  const py::object number = as_int(source);
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow != 0 || value < least || value > greatest) {
    throw_out_of_range(number, std::to_string(least), std::to_string(greatest));
  }
  return value;
}

std::uint64_t to_unsigned(py::handle source, std::uint64_t greatest) {
  const py::object number = as_int(source);
  const unsigned long long value = PyLong_AsUnsignedLongLong(number.ptr());
  const bool outside = PyErr_Occurred() != nullptr;
  if (outside || value > greatest) {
    PyErr_Clear();
    throw_out_of_range(number, "0", std::to_string(greatest));
  }
  return value;
}

Text::Text(py::handle source) {
  Utf8 utf8 = to_utf8(source);
  if (std::memchr(utf8.text, 0, static_cast<std::size_t>(utf8.length)) != nullptr) {
    throw py::value_error("a string given to Orthanc cannot contain a NUL character");
  }
  owner_ = std::move(utf8.owner);
  text_ = utf8.text;
}

HeaderText::HeaderText(py::handle source) : Text(source) {
  if (std::strpbrk(c_str(), "\r\n") != nullptr) {
    throw py::value_error("an HTTP header cannot contain a line break");
  }
}

bool BytesView::accepts(py::handle source) {
  return PyUnicode_Check(source.ptr()) != 0 || PyObject_CheckBuffer(source.ptr()) != 0;
}

BytesView::BytesView(py::handle source, std::uint64_t limit) {
  if (PyUnicode_Check(source.ptr()) != 0) {
    view_text(source);
  } else {
    view_buffer(source);
  }
  if (length_ > limit) {
    // the destructor does not run for an object whose constructor throws
    if (buffer_) {
      PyBuffer_Release(&*buffer_);
    }
    throw py::value_error("the data has " + std::to_string(length_) +
                          " bytes, Orthanc's SDK takes at most " + std::to_string(limit));
  }
}

BytesView::~BytesView() {
  if (buffer_) {
    PyBuffer_Release(&*buffer_);
  }
}

void BytesView::view_text(py::handle source) {
  Utf8 utf8 = to_utf8(source);
  owner_ = std::move(utf8.owner);
  data_ = utf8.text;
  length_ = static_cast<std::uint64_t>(utf8.length);
  immutable_ = true;
}

void BytesView::view_buffer(py::handle source) {
  if (PyBytes_CheckExact(source.ptr())) {
    owner_ = py::reinterpret_borrow<py::object>(source);
    data_ = PyBytes_AS_STRING(source.ptr());
    length_ = static_cast<std::uint64_t>(PyBytes_GET_SIZE(source.ptr()));
    immutable_ = true;
    return;
  }
  Py_buffer buffer;
  if (PyObject_GetBuffer(source.ptr(), &buffer, PyBUF_SIMPLE) != 0) {
    throw py::error_already_set();
  }
  buffer_ = buffer;
  // an empty buffer may come as a null pointer, which not every SDK function takes
  if (buffer.len > 0) {
    data_ = buffer.buf;
    length_ = static_cast<std::uint64_t>(buffer.len);
  }
}

void require_pixels(const BytesView& pixels, std::int32_t format, std::uint64_t width,
                    std::uint64_t height, std::uint64_t pitch) {
  const std::string problem = pixels_problem(format, width, height, pitch, pixels.length());
  if (!problem.empty()) {
    throw py::value_error(problem);
  }
}

bool HttpHeaders::accepts(py::handle source) {
  return source.is_none() || PyDict_Check(source.ptr()) != 0 ||
         (PyMapping_Check(source.ptr()) != 0 && py::hasattr(source, "items"));
}

HttpHeaders::HttpHeaders(py::handle source) {
  if (source.is_none()) {
    return;
  }
  const py::dict headers(py::reinterpret_borrow<py::object>(source));
  for (const auto& [key, value] : headers) {
    keys_.push_back(keep(key));
    values_.push_back(keep(value));
  }
}

const char* HttpHeaders::keep(py::handle source) {
  if (!Text::accepts(source)) {
    throw py::type_error("names and values of HTTP headers must be strings");
  }
  return texts_.emplace_back(source).c_str();
}

}  // namespace orthanc_runtime
