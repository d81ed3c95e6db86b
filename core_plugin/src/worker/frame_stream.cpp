// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker/frame_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "bindings/buffer_views.h"
#include "bindings/gil.h"
#include "bindings/owned.h"
#include "dispatch/huge_pages.h"
#include "dispatch/lane_pipes.h"
#include "worker/call_body.h"
#include "worker/msgpack_reader.h"
#include "worker/msgpack_writer.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

constexpr size_t kPartsAtOnce = 64;   // sendmsg() takes at most IOV_MAX
constexpr uint8_t kFunctionCall = 1;  // TaskKind.FUNCTION

[[noreturn]] void raise(const char* name, const std::string& text) {
  py::set_error(py::module_::import("orthanc_runtime.protocol").attr(name), text.c_str());
  throw py::error_already_set();
}

[[noreturn]] void raise_os_error(int error) {
  errno = error;
  PyErr_SetFromErrno(PyExc_OSError);
  throw py::error_already_set();
}

void look_for_signals() {
  if (PyErr_CheckSignals() != 0) {
    throw py::error_already_set();
  }
}

bool is_function_call(const FrameHeader& header, PyObject* head) {
  return header.kind == FrameKind::Task && PyList_Check(head) && PyList_GET_SIZE(head) > 0 &&
         PyLong_Check(PyList_GET_ITEM(head, 0)) &&
         PyLong_AsLong(PyList_GET_ITEM(head, 0)) == kFunctionCall;
}

}  // namespace

FrameStream::FrameStream(py::object socket, Descriptor in, Descriptor out)
    : socket_(std::move(socket)),
      descriptor_(socket_.attr("fileno")().cast<int>()),
      in_(std::move(in)),
      out_(std::move(out)),
      buffer_(new char[kBuffer]) {
  for (const Descriptor* pipe : {&in_, &out_}) {
    if (*pipe && fcntl(pipe->get(), F_SETFD, FD_CLOEXEC) != 0) {
      raise_os_error(errno);
    }
  }
}

void FrameStream::close() {
  // Another file may get the number: a forked child must not write into that.
  descriptor_ = -1;
  in_.close();
  out_.close();
  socket_.attr("close")();
}

bool FrameStream::await(const std::array<int, 2>& files) {
  const bool some_is_here = end_ > start_;
  for (;;) {
    // POLLNVAL and POLLERR need not be asked for.
    pollfd entries[3] = {{descriptor(), POLLIN, 0}, {files[0], 0, 0}, {files[1], 0, 0}};
    int found = 0;
    int error = 0;
    {
      const GilRelease waiting;
      found = poll(entries, 3, some_is_here ? 0 : -1);
      error = errno;
    }
    if (found >= 0) {
      // What is here already may ask for a body first, which comes by the socket.
      ready_ = !some_is_here && (entries[0].revents & POLLIN) != 0;
      return entries[1].revents == 0 && entries[2].revents == 0;
    }
    if (error != EINTR) {
      raise_os_error(error);
    }
    look_for_signals();
  }
}

bool FrameStream::has_more() {
  if (end_ > start_) {
    return true;
  }
  pollfd entry{descriptor(), POLLIN, 0};
  return entry.fd < 0 || poll(&entry, 1, 0) != 0;
}

ReceivedFrame FrameStream::receive() {
  try {
    ReceivedFrame frame;
    frame.header = receive_header();
    frame.head = receive_head(frame.header.head_size);
    body_by_socket_ = in_ && frame.header.body_size > kPipedBody;
    frame.body = receive_body(frame.header, frame.head.ptr());
    return frame;
  } catch (const ProtocolError& error) {
    raise("ProtocolError", error.what());
  }
}

FrameHeader FrameStream::receive_header() {
  if (end_ - start_ < kFrameHeaderSize && !fill(kFrameHeaderSize, true)) {
    raise("ConnectionClosed", "the peer closed the socket");
  }
  const FrameHeader header = decode_header(buffer_.get() + start_);
  start_ += kFrameHeaderSize;
  return header;
}

py::object FrameStream::receive_head(size_t size) {
  if (size == 0) {
    return py::none();
  }
  if (size > kBuffer) {
    const std::unique_ptr<char[]> head(new char[size]);
    take_piped(head.get(), size);
    return read_msgpack({head.get(), size});
  }
  fill(size);
  start_ += size;
  return read_msgpack({buffer_.get() + start_ - size, size});
}

py::object FrameStream::receive_body(const FrameHeader& header, PyObject* head) {
  const auto size = static_cast<Py_ssize_t>(header.body_size);
  const bool of_call = size > 0 && is_function_call(header, head);
  if (of_call && header.body_size > kBuffer) {
    return receive_call_body(*this, header.body_size);
  }
  // Arrays among the arguments of a call are made in this memory, and must be writable.
  py::object body = owned(of_call ? PyByteArray_FromStringAndSize(nullptr, size)
                                  : PyBytes_FromStringAndSize(nullptr, size));
  take(of_call ? PyByteArray_AS_STRING(body.ptr()) : PyBytes_AS_STRING(body.ptr()),
       header.body_size);
  return body;
}

bool FrameStream::fill(size_t size, bool at_boundary) {
  if (end_ - start_ >= size) {
    return true;
  }
  if (start_ == end_) {
    start_ = end_ = 0;
  } else if (start_ + size > kBuffer) {
    std::memmove(buffer_.get(), buffer_.get() + start_, end_ - start_);
    end_ -= start_;
    start_ = 0;
  }
  while (end_ - start_ < size) {
    const size_t received = receive_some(descriptor(), buffer_.get() + end_, kBuffer - end_, 0);
    if (received == 0) {
      if (at_boundary && start_ == end_) {
        return false;
      }
      throw ProtocolError("the peer closed the socket within a frame");
    }
    end_ += received;
  }
  return true;
}

void FrameStream::take(char* into, size_t size) {
  prefer_huge_pages(into, size);
  if (body_by_socket_) {
    receive_all(descriptor_, into, size);
  } else {
    take_piped(into, size);
  }
}

/// What comes where frames do.
void FrameStream::take_piped(char* into, size_t size) {
  const size_t held = std::min(size, end_ - start_);
  std::memcpy(into, buffer_.get() + start_, held);
  start_ += held;
  receive_all(descriptor(), into + held, size - held);
}

void FrameStream::receive_all(int from, char* into, size_t size) {
  for (size_t held = 0; held < size;) {
    const size_t received = receive_some(from, into + held, size - held, MSG_WAITALL);
    if (received == 0) {
      throw ProtocolError("the peer closed the socket within a frame");
    }
    held += received;
  }
}

size_t FrameStream::receive_some(int from, char* into, size_t size, int flags) {
  for (;;) {
    ssize_t received = 0;
    int error = 0;
    if (std::exchange(ready_, false)) {
      received = read(from, into, size);
      error = errno;
    } else {
      const GilRelease waiting;
      received = from == descriptor_ ? recv(from, into, size, flags) : read(from, into, size);
      error = errno;
    }
    if (received >= 0) {
      return static_cast<size_t>(received);
    }
    if (error == EINTR) {
      look_for_signals();
    } else if (error == EAGAIN || error == EWOULDBLOCK) {
      wait(from, POLLIN);
    } else {
      raise_os_error(error);
    }
  }
}

void FrameStream::send(FrameKind kind, uint64_t task, uint8_t depth, PyObject* head,
                       PyObject* const* parts, size_t count) {
  const BufferViews body(parts, count);
  sent_.resize(kFrameHeaderSize);
  write_msgpack(head, sent_);
  const size_t head_size = sent_.size() - kFrameHeaderSize;
  if (head_size > kMaximumHead) {
    throw py::value_error("frame head of " + std::to_string(head_size) + " bytes, at most " +
                          std::to_string(kMaximumHead) + " are possible");
  }
  if (body.size() > kMaximumBody) {
    throw py::value_error("frame body of " + std::to_string(body.size()) +
                          " bytes, the Orthanc SDK carries at most " +
                          std::to_string(kMaximumBody));
  }
  FrameHeader header;
  header.kind = kind;
  header.depth = depth;
  header.head_size = static_cast<uint32_t>(head_size);
  header.body_size = static_cast<uint32_t>(body.size());
  header.task = task;
  const FrameHeaderBytes bytes = encode_header(header);
  std::copy(bytes.begin(), bytes.end(), sent_.begin());

  std::vector<iovec> pending;
  pending.reserve(count + 1);
  pending.push_back({sent_.data(), sent_.size()});
  body.append_to(pending);
  if (!out_) {
    send_parts(descriptor_, pending.data(), pending.size());
  } else if (body.size() <= kPipedBody) {
    send_parts(out_.get(), pending.data(), pending.size());
  } else {
    send_parts(out_.get(), pending.data(), 1);
    send_parts(descriptor_, pending.data() + 1, pending.size() - 1);
  }
  if (sent_.capacity() > kBuffer) {
    std::string().swap(sent_);
  }
}

void FrameStream::send_parts(int into, iovec* parts, size_t count) {
  // The first time with the GIL: what is small is on its way sooner than the GIL changes hands.
  bool at_once = true;
  while (count > 0) {
    ssize_t sent = 0;
    int error = 0;
    if (at_once) {
      sent = write_some(into, parts, std::min(count, kPartsAtOnce), MSG_DONTWAIT);
      error = errno;
    } else {
      const GilRelease waiting;
      sent = write_some(into, parts, std::min(count, kPartsAtOnce), 0);
      error = errno;
    }
    if (sent < 0) {
      if (error == EINTR) {
        look_for_signals();
      } else if (error != EAGAIN && error != EWOULDBLOCK) {
        raise_os_error(error);
      } else if (!std::exchange(at_once, false)) {
        wait(into, POLLOUT);
      }
      continue;
    }
    at_once = false;
    auto left = static_cast<size_t>(sent);
    while (count > 0 && left >= parts->iov_len) {
      left -= parts->iov_len;
      ++parts;
      --count;
    }
    if (left > 0) {
      parts->iov_base = static_cast<char*>(parts->iov_base) + left;
      parts->iov_len -= left;
    }
  }
}

ssize_t FrameStream::write_some(int into, const iovec* parts, size_t count, int flags) const {
  if (into != descriptor_) {
    return writev(into, parts, static_cast<int>(count));
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = count;
  return sendmsg(into, &message, flags | MSG_NOSIGNAL);
}

void FrameStream::wait(int descriptor, short events) {
  const py::object timeout = socket_.attr("gettimeout")();
  // Whoever made the socket non-blocking, libuv for one, did not mean this end of it.
  const double seconds = timeout.is_none() ? 0 : timeout.cast<double>();
  const int milliseconds = seconds > 0 ? static_cast<int>(std::ceil(seconds * 1000)) : -1;
  int ready = 0;
  int error = 0;
  {
    const GilRelease waiting;
    pollfd entry{descriptor, events, 0};
    ready = poll(&entry, 1, milliseconds);
    error = errno;
  }
  if (ready == 0) {
    PyErr_SetString(PyExc_TimeoutError, "timed out");
    throw py::error_already_set();
  }
  if (ready < 0 && error != EINTR) {
    raise_os_error(error);
  }
  look_for_signals();
}

}  // namespace orthanc_runtime
