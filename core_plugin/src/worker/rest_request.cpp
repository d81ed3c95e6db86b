// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker/rest_request.h"

#include "bindings/owned.h"
#include "dispatch/frame.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

// Of the head, in its order; drawn in orthanc_runtime/protocol.py.
enum Element : Py_ssize_t { Address = 1, Method, Uri, Groups, Get, Headers, Payload };

void set(const py::object& keywords, PyObject* name, PyObject* value) {
  if (PyDict_SetItem(keywords.ptr(), name, value) != 0) {
    throw py::error_already_set();
  }
}

PyObject* interned(const char* text) {
  PyObject* const name = PyUnicode_InternFromString(text);
  if (name == nullptr) {
    throw py::error_already_set();
  }
  return name;
}

}  // namespace

RestRequest::RestRequest(PyObject* head, PyObject* body) {
  static PyObject* const method_name = interned("method");
  static PyObject* const groups_name = interned("groups");
  static PyObject* const headers_name = interned("headers");
  static PyObject* const get_name = interned("get");
  static PyObject* const payload_name = interned("authenticationPayload");
  static PyObject* const body_name = interned("body");

  const Py_ssize_t size = PyList_Check(head) ? PyList_GET_SIZE(head) : 0;
  const auto element = [&](Element index) { return PyList_GET_ITEM(head, index); };
  if (size <= Headers || size > Payload + 1 || !PyUnicode_Check(element(Address)) ||
      !PyUnicode_Check(element(Method)) || !PyList_Check(element(Groups))) {
    throw ProtocolError("head of a REST request");
  }
  address = element(Address);
  uri = element(Uri);
  PyObject* const method = element(Method);
  keywords = owned(PyDict_New());
  set(keywords, method_name, method);
  set(keywords, groups_name, owned(PyList_AsTuple(element(Groups))).ptr());
  set(keywords, headers_name, element(Headers));
  if (element(Get) != Py_None) {
    set(keywords, get_name, element(Get));
  }
  if (size > Payload) {
    set(keywords, payload_name, element(Payload));
  }
  if (PyUnicode_CompareWithASCIIString(method, "POST") == 0 ||
      PyUnicode_CompareWithASCIIString(method, "PUT") == 0) {
    set(keywords, body_name, body);
  }
}

}  // namespace orthanc_runtime
