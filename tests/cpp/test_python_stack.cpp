// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <Python.h>
#include <doctest/doctest.h>
#include <pthread.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "python_stack.h"

using namespace orthanc_runtime;

namespace {

struct Interpreter {
  Interpreter() {
    Py_InitializeEx(0);
    state = PyEval_SaveThread();
  }
  ~Interpreter() {
    PyEval_RestoreThread(state);
    Py_FinalizeEx();
  }
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;
  PyThreadState* state = nullptr;
};

/// Runs `body` in a thread with the stack that Orthanc gives its HTTP threads.
void on_small_stack(std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, 100 * 1024) == 0);
  pthread_t thread{};
  REQUIRE(pthread_create(
              &thread, &attributes,
              [](void* raw) -> void* {
                (*static_cast<std::function<void()>*>(raw))();
                return nullptr;
              },
              &body) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

/// The name of the exception that the code raises, empty if none.
std::string raised_by(const char* code) {
  PyObject* globals = PyDict_New();
  PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins());
  PyObject* result = PyRun_String(code, Py_file_input, globals, globals);
  std::string name;
  if (result == nullptr) {
    PyObject* type = nullptr;
    PyObject* value = nullptr;
    PyObject* trace = nullptr;
    PyErr_Fetch(&type, &value, &trace);
    name = reinterpret_cast<PyTypeObject*>(type)->tp_name;
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(trace);
  }
  Py_XDECREF(result);
  Py_DECREF(globals);
  return name;
}

}  // namespace

TEST_CASE("Python enters on a stack that a client cannot overflow") {
  const Interpreter interpreter;

  SUBCASE("deep input costs a RecursionError") {
    std::vector<std::string> names;
    on_small_stack([&] {
      for (int round = 0; round < 3; ++round) {
        enter_python([&] { names.push_back(raised_by("import json; json.loads('[' * 100000)")); });
      }
    });
    CHECK(names == std::vector<std::string>(3, "RecursionError"));
  }

  SUBCASE("a nested entry stays on the stack of the outer one") {
    std::string inner;
    std::string outer;
    on_small_stack([&] {
      enter_python([&] {
        PyThreadState* saved = PyEval_SaveThread();
        enter_python([&] { inner = raised_by("def f(): f()\nf()"); });
        PyEval_RestoreThread(saved);
        outer = raised_by("def f(): f()\nf()");
      });
    });
    CHECK(inner == "RecursionError");
    CHECK(outer == "RecursionError");
  }

  SUBCASE("exceptions of C++ come through, and the stack can be used again") {
    int caught = 0;
    on_small_stack([&] {
      for (int round = 0; round < 100; ++round) {
        try {
          enter_python([] { throw std::runtime_error("out of the handler"); });
        } catch (const std::runtime_error&) {
          ++caught;
        }
      }
    });
    CHECK(caught == 100);
  }
}
