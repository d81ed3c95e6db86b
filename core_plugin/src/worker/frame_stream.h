// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Frames over a stream socket, or over pipes beside it, with heads and bodies as Python objects.
#pragma once

#include <pybind11/pybind11.h>
#include <sys/uio.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "dispatch/descriptor.h"
#include "dispatch/frame.h"

namespace orthanc_runtime {

struct ReceivedFrame {
  FrameHeader header;
  pybind11::object head;
  pybind11::object body;  // bytes; that of a function call a bytearray, or what CallBody makes
};

/// One thread at a time may receive, and one send. The GIL is held except while either waits.
///
/// Small frames arrive with one system call; a large body is received straight into its object.
class FrameStream {
 public:
  static constexpr size_t kBuffer = size_t{64} * 1024;

  /// Keeps the socket.socket, and follows its timeout. With pipes (see LanePipes) it has the large
  /// bodies only; `out` does not block.
  explicit FrameStream(pybind11::object socket, Descriptor in = {}, Descriptor out = {});

  /// Throws error_already_set with ConnectionClosed at a clean end, ProtocolError, OSError.
  ReceivedFrame receive();

  /// Sends a frame whose body is `parts` joined. Throws error_already_set with OSError, ValueError.
  void send(FrameKind kind, uint64_t task, uint8_t depth, PyObject* head, PyObject* const* parts,
            size_t count);

  /// Waits for the next frame; false where one of the files fails first. A process that is killed
  /// meanwhile has read nothing of that frame, which is then for another one.
  bool await(const std::array<int, 2>& files);

  /// Some of the next frame has come; never waits. True where the peer has gone, too.
  bool has_more();

  /// The next bytes of a body. Throws ProtocolError, error_already_set.
  void take(char* into, size_t size);

  /// Where frames come.
  int descriptor() const { return in_ ? in_.get() : descriptor_; }
  const pybind11::object& socket() const { return socket_; }
  void close();

 private:
  FrameHeader receive_header();
  pybind11::object receive_head(size_t size);
  pybind11::object receive_body(const FrameHeader& header, PyObject* head);
  bool fill(size_t size, bool at_boundary = false);
  void take_piped(char* into, size_t size);
  void receive_all(int from, char* into, size_t size);
  size_t receive_some(int from, char* into, size_t size, int flags);
  void send_parts(int into, iovec* parts, size_t count);
  ssize_t write_some(int into, const iovec* parts, size_t count, int flags) const;
  void wait(int descriptor, short events);

  pybind11::object socket_;
  int descriptor_;
  Descriptor in_;
  Descriptor out_;
  bool body_by_socket_ = false;
  bool ready_ = false;  // to be read without waiting
  std::unique_ptr<char[]> buffer_;
  size_t start_ = 0;
  size_t end_ = 0;
  std::string sent_;  // header and head
};

}  // namespace orthanc_runtime
