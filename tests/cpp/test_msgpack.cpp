// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>
#include <pybind11/embed.h>

#include <random>
#include <string>

#include "dispatch/frame.h"
#include "worker/msgpack_reader.h"
#include "worker/msgpack_writer.h"

using namespace orthanc_runtime;
namespace py = pybind11;

namespace {

py::object evaluated(const char* expression) { return py::eval(expression); }

std::string written(const py::object& value) {
  std::string packed;
  write_msgpack(value.ptr(), packed);
  return packed;
}

}  // namespace

TEST_CASE("values come back as they were written, and as the plugin reads them") {
  const py::scoped_interpreter interpreter;
  const std::pair<const char*, const char*> values[] = {
      {"None", "null"},
      {"[True, False]", "[true,false]"},
      {"[0, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**64 - 1]",
       "[0,127,128,255,256,65535,65536,4294967295,4294967296,18446744073709551615]"},
      {"[-1, -32, -33, -128, -129, -32768, -32769, -2**31, -2**31 - 1, -2**63]",
       "[-1,-32,-33,-128,-129,-32768,-32769,-2147483648,-2147483649,-9223372036854775808]"},
      {"[1.5, -0.25]", "[1.5,-0.25]"},
      {"['', 'a' * 31, 'grün']", nullptr},
      {"['a' * 32, 'b' * 255, 'c' * 256, 'd' * 65536]", nullptr},
      {"[b'', b'x' * 255, b'y' * 256, b'z' * 65536]", nullptr},
      {"list(range(15)) + [list(range(16)), list(range(65536))]", nullptr},
      {"{'a': {'b': [1]}, 'c': {str(i): i for i in range(70000)}}", nullptr},
      {"['\\udcff\\udc80']", nullptr},
  };
  for (const auto& [expression, json] : values) {
    CAPTURE(expression);
    const py::object value = evaluated(expression);
    const std::string packed = written(value);
    CHECK(read_msgpack(packed).equal(value));
    if (json != nullptr) {
      CHECK(Json::from_msgpack(packed) == Json::parse(json));
    }
  }
}

TEST_CASE("what a frame cannot carry is refused by Python's errors") {
  const py::scoped_interpreter interpreter;
  const auto refuses = [](const char* expression, PyObject* type) {
    CAPTURE(expression);
    try {
      written(evaluated(expression));
      FAIL("it was written");
    } catch (const py::error_already_set& error) {
      CHECK(error.matches(type));
    } catch (const py::type_error&) {
      CHECK(type == PyExc_TypeError);
    } catch (const py::value_error&) {
      CHECK(type == PyExc_ValueError);
    }
  };
  refuses("[object()]", PyExc_TypeError);
  refuses("{1: {2, 3}}", PyExc_TypeError);
  refuses("2**64", PyExc_OverflowError);
  refuses("-2**63 - 1", PyExc_OverflowError);
  refuses("(f := lambda n: [f(n - 1)] if n else 0)(600)", PyExc_ValueError);
  refuses("['\\ud800']", PyExc_UnicodeEncodeError);
}

TEST_CASE("damaged and cut heads are refused, or are other values") {
  const py::scoped_interpreter interpreter;
  const std::string packed = written(
      evaluated("[0, 'rest:m:/x#0', 'GET', '/x', ['a'], {'k': 'v' * 40}, {'h': b'x'}, 1.5]"));
  for (size_t size = 0; size < packed.size(); ++size) {
    CHECK_THROWS_AS(read_msgpack({packed.data(), size}), ProtocolError);
  }
  CHECK_THROWS_AS(read_msgpack(packed + packed), ProtocolError);
  CHECK_THROWS_AS(read_msgpack(std::string("\xDD\xFF\xFF\xFF\xFF", 5)), ProtocolError);
  CHECK_THROWS_AS(read_msgpack(std::string("\x81\x90\x01", 3)), ProtocolError);
  CHECK_THROWS_AS(read_msgpack(std::string(1000, '\x91')), ProtocolError);
  std::mt19937 chance(20);
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = packed;
    for (int j = 0; j < 3; ++j) {
      damaged[chance() % damaged.size()] = static_cast<char>(chance());
    }
    try {
      read_msgpack(damaged);
    } catch (const ProtocolError&) {
    }
  }
}
