// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker/msgpack_reader.h"

#include <cstring>

#include "bindings/owned.h"
#include "dispatch/frame.h"
#include "worker/nesting.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view packed)
      : at_(reinterpret_cast<const uint8_t*>(packed.data())), end_(at_ + packed.size()) {}

  py::object value() {
    const uint8_t tag = *bytes(1);
    if (tag < 0x80) {
      return number(tag);
    }
    if (tag < 0x90) {
      return map(tag & 0x0FU);
    }
    if (tag < 0xA0) {
      return array(tag & 0x0FU);
    }
    if (tag < 0xC0) {
      return text(tag & 0x1FU);
    }
    if (tag >= 0xE0) {
      return number(static_cast<int8_t>(tag));
    }
    switch (tag) {
      case 0xC0:
        return py::none();
      case 0xC2:
        return py::bool_(false);
      case 0xC3:
        return py::bool_(true);
      case 0xC4:
        return binary(unsigned_number<uint8_t>());
      case 0xC5:
        return binary(unsigned_number<uint16_t>());
      case 0xC6:
        return binary(unsigned_number<uint32_t>());
      case 0xCA:
        return real<float>(unsigned_number<uint32_t>());
      case 0xCB:
        return real<double>(unsigned_number<uint64_t>());
      case 0xCC:
        return number(unsigned_number<uint8_t>());
      case 0xCD:
        return number(unsigned_number<uint16_t>());
      case 0xCE:
        return number(unsigned_number<uint32_t>());
      case 0xCF:
        return owned(PyLong_FromUnsignedLongLong(unsigned_number<uint64_t>()));
      case 0xD0:
        return number(static_cast<int8_t>(unsigned_number<uint8_t>()));
      case 0xD1:
        return number(static_cast<int16_t>(unsigned_number<uint16_t>()));
      case 0xD2:
        return number(static_cast<int32_t>(unsigned_number<uint32_t>()));
      case 0xD3:
        return number(static_cast<int64_t>(unsigned_number<uint64_t>()));
      case 0xD9:
        return text(unsigned_number<uint8_t>());
      case 0xDA:
        return text(unsigned_number<uint16_t>());
      case 0xDB:
        return text(unsigned_number<uint32_t>());
      case 0xDC:
        return array(unsigned_number<uint16_t>());
      case 0xDD:
        return array(unsigned_number<uint32_t>());
      case 0xDE:
        return map(unsigned_number<uint16_t>());
      case 0xDF:
        return map(unsigned_number<uint32_t>());
      default:
        fail("a type that frames do not have");
    }
  }

  void end() const {
    if (at_ != end_) {
      fail("more than one value");
    }
  }

 private:
  [[noreturn]] static void fail(const char* why) {
    throw ProtocolError(std::string("frame head is not MessagePack: ") + why);
  }

  size_t left() const { return static_cast<size_t>(end_ - at_); }

  const uint8_t* bytes(size_t size) {
    if (left() < size) {
      fail("it ends within a value");
    }
    const uint8_t* const begin = at_;
    at_ += size;
    return begin;
  }

  template <class Unsigned>
  Unsigned unsigned_number() {
    const uint8_t* const digits = bytes(sizeof(Unsigned));
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(Unsigned); ++i) {
      value = value << 8U | digits[i];
    }
    return static_cast<Unsigned>(value);
  }

  static py::object number(int64_t value) { return owned(PyLong_FromLongLong(value)); }

  template <class Real, class Bits>
  static py::object real(Bits bits) {
    Real value{};
    static_assert(sizeof value == sizeof bits);
    std::memcpy(&value, &bits, sizeof value);
    return owned(PyFloat_FromDouble(value));
  }

  py::object text(size_t size) {
    const auto* const begin = reinterpret_cast<const char*>(bytes(size));
    return owned(PyUnicode_DecodeUTF8(begin, static_cast<Py_ssize_t>(size), "surrogateescape"));
  }

  py::object binary(size_t size) {
    const auto* const begin = reinterpret_cast<const char*>(bytes(size));
    return owned(PyBytes_FromStringAndSize(begin, static_cast<Py_ssize_t>(size)));
  }

  py::object array(size_t size) {
    const Nesting nesting(levels_);
    if (nesting.too_deep()) {
      fail("nested too deep");
    }
    // Each element takes a byte at least: a list is not larger than what came.
    if (size > left()) {
      fail("an array is longer than the head");
    }
    py::object list = owned(PyList_New(static_cast<Py_ssize_t>(size)));
    for (size_t i = 0; i < size; ++i) {
      PyList_SET_ITEM(list.ptr(), static_cast<Py_ssize_t>(i), value().release().ptr());
    }
    return list;
  }

  py::object map(size_t size) {
    const Nesting nesting(levels_);
    if (nesting.too_deep()) {
      fail("nested too deep");
    }
    py::object dict = owned(PyDict_New());
    for (size_t i = 0; i < size; ++i) {
      const py::object key = value();
      const py::object entry = value();
      if (PyDict_SetItem(dict.ptr(), key.ptr(), entry.ptr()) != 0) {
        PyErr_Clear();
        fail("a key cannot be one");
      }
    }
    return dict;
  }

  const uint8_t* at_;
  const uint8_t* const end_;
  int levels_ = 0;
};

}  // namespace

py::object read_msgpack(std::string_view packed) {
  Reader reader(packed);
  py::object value = reader.value();
  reader.end();
  return value;
}

}  // namespace orthanc_runtime
