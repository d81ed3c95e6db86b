// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/channel.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <system_error>

#include "dispatch/large_memory.h"

namespace orthanc_runtime {

namespace {

constexpr size_t kBuffer = size_t{64} * 1024;
// writev() takes at most IOV_MAX parts; more than these are sent in turns.
constexpr size_t kPartsAtOnce = 64;
// Of these the kernel takes all or nothing while a socket is empty; for pipes it is PIPE_BUF.
constexpr size_t kSentWhole = size_t{16} * 1024;

size_t total(const iovec* parts, size_t count) {
  size_t size = 0;
  for (size_t i = 0; i < count; ++i) {
    size += parts[i].iov_len;
  }
  return size;
}

}  // namespace

Channel::Channel(Descriptor socket, std::shared_ptr<WorkerProcess> process, LanePipes pipes)
    : socket_(std::move(socket)),
      pipes_(std::move(pipes)),
      process_(std::move(process)),
      buffer_(new char[kBuffer]) {}

bool Channel::has_unread_output() const {
  int waiting = 0;
  if (pipes_ && ioctl(pipes_.out.get(), FIONREAD, &waiting) == 0 && waiting > 0) {
    return true;
  }
  if (ioctl(socket_.get(), SIOCOUTQ, &waiting) == 0 && waiting > 0) {
    return true;
  }
  // The kernel resets a Unix socket whose peer went away with unread data.
  char byte = 0;
  return recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == ECONNRESET;
}

void Channel::wait(int descriptor, short events, const Deadline& deadline) {
  for (;;) {
    pollfd entries[2] = {{descriptor, events, 0}, {process_->pidfd(), POLLIN, 0}};
    const auto left = deadline.remaining();
    const int ready = ppoll(entries, 2, left ? &*left : nullptr, nullptr);
    if (ready < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw std::system_error(errno, std::generic_category(), "poll on a worker");
    }
    if (ready == 0) {
      throw DeadlinePassed();
    }
    // What a dead worker had sent is still taken; only then its death is news.
    if (entries[0].revents != 0) {
      return;
    }
    throw ChannelClosed(has_unread_output());
  }
}

void Channel::send(FrameHeader header, const std::vector<uint8_t>& head, const iovec* parts,
                   size_t part_count, const Deadline& deadline) {
  const size_t body = total(parts, part_count);
  if (body > kMaximumBody || head.size() > kMaximumHead) {
    throw std::length_error("a frame carries at most " + std::to_string(kMaximumBody) +
                            " bytes of body, not " + std::to_string(body));
  }
  header.head_size = static_cast<uint32_t>(head.size());
  header.body_size = static_cast<uint32_t>(body);
  FrameHeaderBytes fixed = encode_header(header);

  std::vector<iovec> first;
  first.reserve(part_count + 2);
  first.push_back({fixed.data(), fixed.size()});
  first.push_back({const_cast<uint8_t*>(head.data()), head.size()});
  if (pipes_ && body > kPipedBody) {
    send_parts(out(), std::move(first), deadline);
    send_parts(socket_.get(), {parts, parts + part_count}, deadline);
  } else {
    first.insert(first.end(), parts, parts + part_count);
    send_parts(out(), std::move(first), deadline);
  }
}

void Channel::send_parts(int into, std::vector<iovec> parts, const Deadline& deadline) {
  size_t first = 0;
  while (first < parts.size()) {
    if (parts[first].iov_len == 0) {
      ++first;
      continue;
    }
    const ssize_t sent =
        write_some(into, &parts[first], std::min(parts.size() - first, kPartsAtOnce));
    if (sent < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        wait(into, POLLOUT, deadline);
        continue;
      }
      if (errno == EINTR) {
        continue;
      }
      // Not all was sent, so not all was read.
      throw ChannelClosed(true);
    }
    auto left = static_cast<size_t>(sent);
    while (first < parts.size() && left >= parts[first].iov_len) {
      left -= parts[first++].iov_len;
    }
    if (left > 0) {
      parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + left;
      parts[first].iov_len -= left;
    }
  }
}

ssize_t Channel::write_some(int into, const iovec* parts, size_t count) const {
  if (into != socket_.get()) {
    return writev(into, parts, static_cast<int>(count));
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = count;
  return sendmsg(into, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool Channel::send_at_once(FrameHeader header, const std::vector<uint8_t>& head, const iovec* parts,
                           size_t part_count) {
  const size_t body = total(parts, part_count);
  const size_t whole = pipes_ ? size_t{PIPE_BUF} : kSentWhole;
  if (kFrameHeaderSize + head.size() + body > whole || part_count > 1) {
    return false;
  }
  header.head_size = static_cast<uint32_t>(head.size());
  header.body_size = static_cast<uint32_t>(body);
  FrameHeaderBytes fixed = encode_header(header);
  iovec pending[3] = {{fixed.data(), fixed.size()},
                      {const_cast<uint8_t*>(head.data()), head.size()},
                      part_count == 0 ? iovec{nullptr, 0} : parts[0]};
  return write_some(out(), pending, 3) > 0;
}

ssize_t Channel::read_some(int from, char* into, size_t size) const {
  return from == socket_.get() ? recv(from, into, size, MSG_DONTWAIT) : read(from, into, size);
}

size_t Channel::receive_some(int from, char* into, size_t size, const Deadline& deadline) {
  for (;;) {
    const ssize_t received = read_some(from, into, size);
    if (received > 0) {
      return static_cast<size_t>(received);
    }
    if (received == 0) {
      throw ChannelClosed(has_unread_output());
    }
    if (errno == EAGAIN) {
      wait(from, POLLIN, deadline);
      continue;
    }
    if (errno == EINTR) {
      continue;
    }
    throw ChannelClosed(errno == ECONNRESET);
  }
}

void Channel::fill(size_t size, const Deadline& deadline) {
  if (start_ == end_) {
    start_ = end_ = 0;
  } else if (start_ + size > kBuffer) {
    std::memmove(buffer_.get(), buffer_.get() + start_, end_ - start_);
    end_ -= start_;
    start_ = 0;
  }
  while (end_ - start_ < size) {
    end_ += receive_some(in(), buffer_.get() + end_, kBuffer - end_, deadline);
  }
}

void Channel::take_what_is_here() {
  if (has_more()) {
    return;
  }
  start_ = end_ = 0;
  const ssize_t received = read_some(in(), buffer_.get(), kBuffer);
  // An end or an error comes again to whoever waits.
  end_ = received > 0 ? static_cast<size_t>(received) : 0;
}

bool Channel::await(const Deadline& deadline) {
  if (has_more()) {
    return true;
  }
  try {
    wait(in(), POLLIN, deadline);
  } catch (const DeadlinePassed&) {
    return false;
  }
  return true;
}

Frame Channel::receive(const Deadline& deadline) {
  large_.reset();
  fill(kFrameHeaderSize, deadline);
  Frame frame;
  frame.header = decode_header(buffer_.get() + start_);
  start_ += kFrameHeaderSize;
  const size_t size = size_t{frame.header.head_size} + frame.header.body_size;
  const bool by_socket = pipes_ && frame.header.body_size > kPipedBody;
  const char* content = nullptr;
  if (size <= kBuffer && !by_socket) {
    fill(size, deadline);
    content = buffer_.get() + start_;
    start_ += size;
  } else {
    large_ = large_memory(size);
    const size_t first = by_socket ? frame.header.head_size : size;
    size_t held = std::min(end_ - start_, first);
    std::memcpy(large_.get(), buffer_.get() + start_, held);
    start_ += held;
    while (held < first) {
      held += receive_some(in(), large_.get() + held, first - held, deadline);
    }
    while (held < size) {
      held += receive_some(socket_.get(), large_.get() + held, size - held, deadline);
    }
    content = large_.get();
  }
  frame.head = {content, frame.header.head_size};
  frame.body = {content + frame.header.head_size, frame.header.body_size};
  return frame;
}

OwnedBody Channel::keep_body(const Frame& frame) {
  if (large_) {
    return {std::move(large_), frame.body};
  }
  std::shared_ptr<char[]> copy(new char[frame.body.size() + 1]);
  std::memcpy(copy.get(), frame.body.data(), frame.body.size());
  return {copy, {copy.get(), frame.body.size()}};
}

void Channel::shut() { shutdown(socket_.get(), SHUT_RDWR); }

}  // namespace orthanc_runtime
