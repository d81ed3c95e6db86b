// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP requests whose bodies, of request and answer, pass through memory chunk by chunk.
#include <exception>
#include <optional>
#include <string>

#include "bindings/conversions.h"
#include "bindings/hand_written.h"
#include "python_stack.h"

namespace orthanc_runtime {

namespace {

/// Runs Python in the callbacks of one request; the first error is kept for the caller.
class Transfer {
 public:
  template <class Body>
  OrthancPluginErrorCode run(Body&& body) noexcept {
    if (error_) {
      return OrthancPluginErrorCode_Plugin;
    }
    try {
      // The thread has released the GIL for the time of the request.
      enter_python(body);
      return OrthancPluginErrorCode_Success;
    } catch (...) {
      error_ = std::current_exception();
      return OrthancPluginErrorCode_Plugin;
    }
  }

  /// With the GIL.
  void rethrow() const {
    if (error_) {
      std::rethrow_exception(error_);
    }
  }

 private:
  std::exception_ptr error_;
};

/// The body of the request: one buffer, or what an iterable gives.
class RequestBody {
 public:
  RequestBody(const py::object& body, Transfer& transfer) : transfer_(transfer) {
    if (body.is_none()) {
      return;
    }
    if (BytesView::accepts(body)) {
      chunk_.emplace(body);
      return;
    }
    if (py::isinstance<py::dict>(body)) {
      throw py::type_error("the body of a request is str, bytes-like or an iterable, not dict");
    }
    PyObject* const iterator = PyObject_GetIter(body.ptr());
    if (iterator == nullptr) {
      throw py::error_already_set();
    }
    iterator_ = py::reinterpret_steal<py::object>(iterator);
    advance();
  }

  static uint8_t is_done(void* self) noexcept { return of(self).chunk_ ? 0 : 1; }
  static const void* data(void* self) noexcept { return of(self).chunk_->data(); }
  static uint32_t size(void* self) noexcept { return of(self).chunk_->size(); }
  static OrthancPluginErrorCode next(void* self) noexcept {
    RequestBody& body = of(self);
    return body.transfer_.run([&] { body.advance(); });
  }

 private:
  static RequestBody& of(void* self) { return *static_cast<RequestBody*>(self); }

  void advance() {
    chunk_.reset();
    if (!iterator_) {
      return;
    }
    PyObject* const next = PyIter_Next(iterator_.ptr());
    if (next == nullptr) {
      if (PyErr_Occurred() != nullptr) {
        throw py::error_already_set();
      }
      return;
    }
    const auto chunk = py::reinterpret_steal<py::object>(next);
    if (!BytesView::accepts(chunk)) {
      throw py::type_error(std::string("a chunk of a request is str or bytes-like, not ") +
                           Py_TYPE(chunk.ptr())->tp_name);
    }
    chunk_.emplace(chunk);
  }

  Transfer& transfer_;
  py::object iterator_;
  std::optional<Bytes32> chunk_;
};

/// The answer, as HttpClient has it, apart from what the caller's functions take.
class AnswerTaken {
 public:
  AnswerTaken(py::object add_chunk, py::object add_header, Transfer& transfer)
      : transfer_(transfer), add_chunk_(std::move(add_chunk)), add_header_(std::move(add_header)) {}

  static OrthancPluginErrorCode chunk(void* self, const void* data, uint32_t size) noexcept {
    AnswerTaken& answer = *static_cast<AnswerTaken*>(self);
    return answer.transfer_.run([&] {
      if (answer.add_chunk_.is_none()) {
        answer.body_.append(static_cast<const char*>(data), size);
      } else {
        answer.add_chunk_(copy_bytes(data, size));
      }
    });
  }

  static OrthancPluginErrorCode header(void* self, const char* key, const char* value) noexcept {
    AnswerTaken& answer = *static_cast<AnswerTaken*>(self);
    return answer.transfer_.run([&] {
      const py::object name = copy_string(key);
      const py::object text = copy_string(value);
      answer.headers_[name] = text;
      if (!answer.add_header_.is_none()) {
        answer.add_header_(name, text);
      }
    });
  }

  py::tuple result(std::uint16_t status) const {
    return py::make_tuple(copy_bytes(body_.data(), body_.size()), headers_, status);
  }

 private:
  Transfer& transfer_;
  py::object add_chunk_;
  py::object add_header_;
  std::string body_;
  py::dict headers_;
};

py::object callable_or_none(const py::object& callback, const char* name) {
  if (!callback.is_none() && PyCallable_Check(callback.ptr()) == 0) {
    throw py::type_error(std::string("ChunkedHttpClient: ") + name + " is a callable or None");
  }
  return callback;
}

py::tuple chunked_http_client(std::int32_t method, const Text& url, const HttpHeaders& headers,
                              const py::object& body, const py::object& add_chunk,
                              const py::object& add_header, const OptionalText& username,
                              const OptionalText& password, std::uint32_t timeout,
                              const OptionalText& certificate_file,
                              const OptionalText& certificate_key_file,
                              const OptionalText& certificate_key_password, std::uint8_t pkcs11) {
  const bool has_body =
      method == OrthancPluginHttpMethod_Post || method == OrthancPluginHttpMethod_Put;
  if (!has_body && !body.is_none()) {
    throw py::value_error("ChunkedHttpClient: only POST and PUT have a body");
  }
  Transfer transfer;
  AnswerTaken answer(callable_or_none(add_chunk, "answerAddChunk"),
                     callable_or_none(add_header, "answerAddHeader"), transfer);
  RequestBody request(body, transfer);
  std::uint16_t status = 0;
  const OrthancPluginErrorCode code = call_sdk([&] {
    return OrthancPluginChunkedHttpClient(
        sdk(), &answer, &AnswerTaken::chunk, &AnswerTaken::header, &status,
        static_cast<OrthancPluginHttpMethod>(method), url.c_str(), headers.count(), headers.keys(),
        headers.values(), &request, &RequestBody::is_done, &RequestBody::data, &RequestBody::size,
        &RequestBody::next, username.c_str(), password.c_str(), timeout, certificate_file.c_str(),
        certificate_key_file.c_str(), certificate_key_password.c_str(), pkcs11);
  });
  transfer.rethrow();
  if (code != OrthancPluginErrorCode_Success && status >= 400) {
    throw_sdk_error(code, std::string(OrthancPluginGetErrorDescription(sdk(), code)) +
                              " (HTTP status " + std::to_string(status) + ")");
  }
  check(code);
  return answer.result(status);
}

}  // namespace

void bind_chunked_http_client(py::module_& module) {
  module.def("ChunkedHttpClient", &chunked_http_client, py::arg("method"), py::arg("url"),
             py::arg("headers") = py::none(), py::arg("body") = py::none(),
             py::arg("answerAddChunk") = py::none(), py::arg("answerAddHeader") = py::none(),
             py::arg("username") = py::none(), py::arg("password") = py::none(),
             py::arg("timeout") = 0, py::arg("certificateFile") = py::none(),
             py::arg("certificateKeyFile") = py::none(),
             py::arg("certificateKeyPassword") = py::none(), py::arg("pkcs11") = 0,
             "ChunkedHttpClient(method, url, headers=None, body=None, answerAddChunk=None, "
             "answerAddHeader=None, username=None, password=None, timeout=0, certificateFile=None, "
             "certificateKeyFile=None, certificateKeyPassword=None, pkcs11=0)\n\n"
             "HttpClient for large bodies. Gives (body of the answer, its headers, status).");
}

}  // namespace orthanc_runtime
