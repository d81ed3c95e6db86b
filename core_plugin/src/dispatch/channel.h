// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Frames between the plugin and a worker, watched together with the worker's life.
#pragma once

#include <sys/uio.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "dispatch/deadline.h"
#include "dispatch/descriptor.h"
#include "dispatch/frame.h"
#include "dispatch/lane_pipes.h"
#include "dispatch/process.h"

namespace orthanc_runtime {

/// The worker ended or closed its socket; `unread` where it had not taken all that was sent.
class ChannelClosed : public std::runtime_error {
 public:
  explicit ChannelClosed(bool unread)
      : std::runtime_error("the worker closed its channel"), unread_(unread) {}
  bool unread() const { return unread_; }

 private:
  bool unread_;
};

/// A body that outlives the channel's buffer.
struct OwnedBody {
  std::shared_ptr<const char[]> storage;
  std::string_view view;
};

class DeadlinePassed : public std::runtime_error {
 public:
  DeadlinePassed() : std::runtime_error("deadline passed") {}
};

/// One thread at a time sends and receives; `shut` may be called by any thread.
class Channel {
 public:
  /// A stream socket; with pipes it has the large bodies only.
  Channel(Descriptor socket, std::shared_ptr<WorkerProcess> process, LanePipes pipes = {});

  /// Sends a frame whose body is `parts` joined. Throws ChannelClosed, DeadlinePassed.
  void send(FrameHeader header, const std::vector<uint8_t>& head, const iovec* parts,
            size_t part_count, const Deadline& deadline);

  /// The same for a small frame, if it can be done without waiting. Throws nothing, and returns
  /// false where nothing was sent.
  bool send_at_once(FrameHeader header, const std::vector<uint8_t>& head, const iovec* parts,
                    size_t part_count);

  /// Whether some of the next frame comes by then. Throws ChannelClosed.
  bool await(const Deadline& deadline);

  /// Without waiting; where something has probably come already, this spares the question.
  void take_what_is_here();

  /// Some of the next frame has come together with the last one.
  bool has_more() const { return end_ > start_; }

  /// The next frame; views live until the next receive. Throws ChannelClosed, DeadlinePassed,
  /// ProtocolError.
  Frame receive(const Deadline& deadline);

  /// Keeps the body of the frame received last; without a copy where it was large.
  OwnedBody keep_body(const Frame& frame);

  /// Wakes whoever waits here, where there are no pipes; the channel is of no use afterwards.
  void shut();

 private:
  int in() const { return pipes_ ? pipes_.in.get() : socket_.get(); }
  int out() const { return pipes_ ? pipes_.out.get() : socket_.get(); }
  void wait(int descriptor, short events, const Deadline& deadline);
  void send_parts(int into, std::vector<iovec> parts, const Deadline& deadline);
  ssize_t write_some(int into, const iovec* parts, size_t count) const;
  ssize_t read_some(int from, char* into, size_t size) const;
  size_t receive_some(int from, char* into, size_t size, const Deadline& deadline);
  void fill(size_t size, const Deadline& deadline);
  bool has_unread_output() const;

  Descriptor socket_;
  LanePipes pipes_;
  std::shared_ptr<WorkerProcess> process_;
  std::unique_ptr<char[]> buffer_;
  size_t start_ = 0;
  size_t end_ = 0;
  std::shared_ptr<char[]> large_;
};

}  // namespace orthanc_runtime
