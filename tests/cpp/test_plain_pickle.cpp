// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>
#include <pybind11/embed.h>

#include <string>

#include "bindings/plain_pickle.h"

using namespace orthanc_runtime;
namespace py = pybind11;

namespace {

constexpr size_t kPrefix = 16;

const char* const kPlain[] = {"None",
                              "True",
                              "False",
                              "0",
                              "-1",
                              "2**31 - 1",
                              "-2**31",
                              "2**31",
                              "-2**31 - 1",
                              "2**63 - 1",
                              "-2**63",
                              "0.0",
                              "-0.0",
                              "1.5e-300",
                              "float('inf')",
                              "float('nan')",
                              "b''",
                              "b'\\0' * 255",
                              "b'.' * 256",
                              "b'x' * 4095",
                              "''",
                              "'a' * 255",
                              "'a' * 256",
                              "'\\u20ac' * 85",
                              "'\\u20ac' * 86",
                              "'\\U0001f600' * 4095"};

const char* const kOthers[] = {
    "2**63",        "-2**63 - 1", "b'x' * 4096", "'a' * 4096",
    "'\\ud800'",    "[]",         "()",          "type('I', (int,), {})(1)",
    "bytearray(1)", "1j"};

std::string text_of(const py::object& value) { return py::repr(value).cast<std::string>(); }

std::string bytes_of(const py::object& body) { return body.cast<std::string>(); }

py::object pickled(const std::string& body) {
  return py::module_::import("pickle").attr("loads")(py::bytes(body.substr(kPrefix)));
}

}  // namespace

TEST_CASE("plain values come back as they were, and Python reads them as pickles") {
  const py::scoped_interpreter interpreter;
  const PlainPickle plain;
  for (const char* expression : kPlain) {
    CAPTURE(expression);
    const py::object value = py::eval(expression);
    const std::string body = bytes_of(PlainPickle::dump(value.ptr()));
    CHECK(text_of(plain.load(body, "")) == text_of(value));
    CHECK(text_of(pickled(body)) == text_of(value));
  }
}

TEST_CASE("so do the arguments of a call") {
  const py::scoped_interpreter interpreter;
  py::list all;
  for (const char* expression : kPlain) {
    all.append(py::eval(expression));
  }
  for (const py::tuple& arguments : {py::tuple(), py::tuple(all)}) {
    const std::string body = PlainPickle::dump_call(arguments.ptr()).value();
    CHECK(text_of(PlainPickle::load_arguments(body)) == text_of(arguments));
    CHECK(text_of(pickled(body)) == text_of(py::make_tuple(arguments, py::dict())));
  }
}

TEST_CASE("all other values are left to Python") {
  const py::scoped_interpreter interpreter;
  for (const char* expression : kOthers) {
    CAPTURE(expression);
    const py::object value = py::eval(expression);
    CHECK_FALSE(PlainPickle::dump(value.ptr()));
    CHECK_FALSE(PlainPickle::dump_call(py::make_tuple(1, value).ptr()).has_value());
    CHECK(PyErr_Occurred() == nullptr);
  }
}

TEST_CASE("a body that is cut or longer is not taken for another one") {
  const py::scoped_interpreter interpreter;
  const py::tuple arguments = py::make_tuple(1, py::eval("2**40"), "text", py::bytes("bytes"), 1.5);
  const std::string whole = PlainPickle::dump_call(arguments.ptr()).value();
  for (size_t size = 0; size < whole.size(); ++size) {
    std::string cut = whole.substr(0, size);
    if (size > 8) {
      cut[8] = static_cast<char>(size - kPrefix);  // a prefix that fits the rest
    }
    CHECK_FALSE(PlainPickle::load_arguments(cut));
  }
  CHECK_FALSE(PlainPickle::load_arguments(whole + '.'));
}

TEST_CASE("what Python has pickled is read, too") {
  const py::scoped_interpreter interpreter;
  const PlainPickle plain;
  const std::string pickle =
      py::module_::import("pickle").attr("dumps")(py::eval("[1, 'a']"), 5).cast<std::string>();
  std::string body(kPrefix, '\0');
  body[0] = 2;
  body[8] = static_cast<char>(pickle.size());
  body += pickle;
  CHECK(text_of(plain.load(body, "")) == "[1, 'a']");
  CHECK_FALSE(PlainPickle::load_arguments(body));
  body[4] = 1;  // a buffer beside it
  CHECK_FALSE(plain.load(body, ""));
}
