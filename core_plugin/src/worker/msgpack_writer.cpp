// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker/msgpack_writer.h"

#include <pybind11/pybind11.h>

#include <cstring>

#include "worker/nesting.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

class Writer {
 public:
  explicit Writer(std::string& packed) : packed_(packed) {}

  void write(PyObject* value) {
    if (value == Py_None) {
      put(0xC0);
    } else if (PyBool_Check(value)) {
      put(value == Py_True ? 0xC3 : 0xC2);
    } else if (PyLong_Check(value)) {
      write_integer(value);
    } else if (PyUnicode_Check(value)) {
      write_text(value);
    } else if (PyTuple_Check(value) || PyList_Check(value)) {
      write_sequence(value);
    } else if (PyDict_Check(value)) {
      write_dict(value);
    } else if (PyFloat_Check(value)) {
      uint64_t bits = 0;
      const double number = PyFloat_AS_DOUBLE(value);
      std::memcpy(&bits, &number, sizeof bits);
      put(0xCB);
      put_number(bits);
    } else if (PyBytes_Check(value)) {
      write_bytes(PyBytes_AS_STRING(value), static_cast<size_t>(PyBytes_GET_SIZE(value)));
    } else if (PyByteArray_Check(value)) {
      write_bytes(PyByteArray_AS_STRING(value), static_cast<size_t>(PyByteArray_GET_SIZE(value)));
    } else {
      throw py::type_error(std::string("a frame cannot carry ") + Py_TYPE(value)->tp_name);
    }
  }

 private:
  void put(unsigned byte) { packed_.push_back(static_cast<char>(byte)); }

  template <class Unsigned>
  void put_number(Unsigned value) {
    for (size_t i = sizeof value; i-- > 0;) {
      put(static_cast<uint8_t>(static_cast<uint64_t>(value) >> (8U * i)));
    }
  }

  /// The shortest of the tags, those for 8 (0 where there is none), 16 and 32 bits.
  void put_size(size_t size, unsigned tag8, unsigned tag16, unsigned tag32) {
    if (size <= 0xFF && tag8 != 0) {
      put(tag8);
      put(static_cast<unsigned>(size));
    } else if (size <= 0xFFFF) {
      put(tag16);
      put_number(static_cast<uint16_t>(size));
    } else if (size <= 0xFFFFFFFF) {
      put(tag32);
      put_number(static_cast<uint32_t>(size));
    } else {
      throw py::value_error("a frame head carries less than 4 GiB");
    }
  }

  void write_integer(PyObject* value) {
    int overflow = 0;
    const int64_t number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow > 0) {
      const uint64_t large = PyLong_AsUnsignedLongLong(value);
      if (PyErr_Occurred() != nullptr) {
        throw py::error_already_set();
      }
      put(0xCF);
      put_number(large);
      return;
    }
    if (overflow < 0 || (number == -1 && PyErr_Occurred() != nullptr)) {
      PyErr_SetString(PyExc_OverflowError, "a frame carries integers of 64 bits");
      throw py::error_already_set();
    }
    const auto bits = static_cast<uint64_t>(number);
    if (number >= 0) {
      if (number < 0x80) {
        put(static_cast<unsigned>(number));
      } else if (number <= 0xFF) {
        put(0xCC);
        put(static_cast<unsigned>(number));
      } else if (number <= 0xFFFF) {
        put(0xCD);
        put_number(static_cast<uint16_t>(bits));
      } else if (number <= 0xFFFFFFFF) {
        put(0xCE);
        put_number(static_cast<uint32_t>(bits));
      } else {
        put(0xCF);
        put_number(bits);
      }
    } else if (number >= -32) {
      put(static_cast<uint8_t>(bits));
    } else if (number >= INT8_MIN) {
      put(0xD0);
      put(static_cast<uint8_t>(bits));
    } else if (number >= INT16_MIN) {
      put(0xD1);
      put_number(static_cast<uint16_t>(bits));
    } else if (number >= INT32_MIN) {
      put(0xD2);
      put_number(static_cast<uint32_t>(bits));
    } else {
      put(0xD3);
      put_number(bits);
    }
  }

  void write_text(PyObject* value) {
    Py_ssize_t size = 0;
    const char* const text = PyUnicode_AsUTF8AndSize(value, &size);
    if (text != nullptr) {
      write_utf8(text, static_cast<size_t>(size));
      return;
    }
    PyErr_Clear();
    const auto bytes = py::reinterpret_steal<py::object>(
        PyUnicode_AsEncodedString(value, "utf-8", "surrogateescape"));
    if (!bytes) {
      throw py::error_already_set();
    }
    write_utf8(PyBytes_AS_STRING(bytes.ptr()), static_cast<size_t>(PyBytes_GET_SIZE(bytes.ptr())));
  }

  void write_utf8(const char* text, size_t size) {
    if (size < 32) {
      put(0xA0U | static_cast<unsigned>(size));
    } else {
      put_size(size, 0xD9, 0xDA, 0xDB);
    }
    packed_.append(text, size);
  }

  void write_bytes(const char* bytes, size_t size) {
    put_size(size, 0xC4, 0xC5, 0xC6);
    packed_.append(bytes, size);
  }

  void write_sequence(PyObject* value) {
    const Nesting nesting(levels_);
    if (nesting.too_deep()) {
      throw py::value_error("a frame cannot carry what is nested so deep");
    }
    const auto size = static_cast<size_t>(PySequence_Fast_GET_SIZE(value));
    if (size < 16) {
      put(0x90U | static_cast<unsigned>(size));
    } else {
      put_size(size, 0, 0xDC, 0xDD);
    }
    for (size_t i = 0; i < size; ++i) {
      write(PySequence_Fast_GET_ITEM(value, static_cast<Py_ssize_t>(i)));
    }
  }

  void write_dict(PyObject* value) {
    const Nesting nesting(levels_);
    if (nesting.too_deep()) {
      throw py::value_error("a frame cannot carry what is nested so deep");
    }
    const auto size = static_cast<size_t>(PyDict_GET_SIZE(value));
    if (size < 16) {
      put(0x80U | static_cast<unsigned>(size));
    } else {
      put_size(size, 0, 0xDE, 0xDF);
    }
    PyObject* key = nullptr;
    PyObject* entry = nullptr;
    Py_ssize_t position = 0;
    while (PyDict_Next(value, &position, &key, &entry) != 0) {
      write(key);
      write(entry);
    }
  }

  std::string& packed_;
  int levels_ = 0;
};

}  // namespace

void write_msgpack(PyObject* value, std::string& packed) { Writer(packed).write(value); }

}  // namespace orthanc_runtime
