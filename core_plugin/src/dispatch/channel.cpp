// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/channel.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "dispatch/large_memory.h"

namespace orthanc_runtime {

namespace {

constexpr size_t kBuffer = size_t{64} * 1024;
// sendmsg() takes at most IOV_MAX parts; more than these are sent in turns.
constexpr size_t kPartsAtOnce = 64;
// A frame is awaited so long by recv() alone, which notices the end of a worker only where nothing
// that it has left behind holds its socket; after that by poll(), which watches the worker, too.
constexpr suseconds_t kFirstWait = 20'000;
// Of these the kernel takes all or nothing while the socket is empty.
constexpr size_t kSentWhole = size_t{16} * 1024;

size_t total(const iovec* parts, size_t count) {
  size_t size = 0;
  for (size_t i = 0; i < count; ++i) {
    size += parts[i].iov_len;
  }
  return size;
}

}  // namespace

Channel::Channel(Descriptor socket, std::shared_ptr<WorkerProcess> process)
    : socket_(std::move(socket)), process_(std::move(process)), buffer_(new char[kBuffer]) {
  const timeval first_wait{0, kFirstWait};
  const int flags = fcntl(socket_.get(), F_GETFL);
  may_block_ =
      setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &first_wait, sizeof first_wait) == 0 &&
      fcntl(socket_.get(), F_SETFL, flags & ~O_NONBLOCK) == 0;
}

bool Channel::has_unread_output() const {
  int waiting = 0;
  return ioctl(socket_.get(), SIOCOUTQ, &waiting) == 0 && waiting > 0;
}

void Channel::wait(short events, const Deadline& deadline) {
  for (;;) {
    pollfd entries[2] = {{socket_.get(), events, 0}, {process_->pidfd(), POLLIN, 0}};
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

  std::vector<iovec> pending;
  pending.reserve(part_count + 2);
  pending.push_back({fixed.data(), fixed.size()});
  pending.push_back({const_cast<uint8_t*>(head.data()), head.size()});
  pending.insert(pending.end(), parts, parts + part_count);

  size_t first = 0;
  while (first < pending.size()) {
    if (pending[first].iov_len == 0) {
      ++first;
      continue;
    }
    msghdr message{};
    message.msg_iov = &pending[first];
    message.msg_iovlen = std::min(pending.size() - first, kPartsAtOnce);
    const ssize_t sent = sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        wait(POLLOUT, deadline);
        continue;
      }
      if (errno == EINTR) {
        continue;
      }
      // Not all was sent, so not all was read.
      throw ChannelClosed(true);
    }
    auto left = static_cast<size_t>(sent);
    while (first < pending.size() && left >= pending[first].iov_len) {
      left -= pending[first++].iov_len;
    }
    if (left > 0) {
      pending[first].iov_base = static_cast<char*>(pending[first].iov_base) + left;
      pending[first].iov_len -= left;
    }
  }
}

bool Channel::send_at_once(FrameHeader header, const std::vector<uint8_t>& head, const iovec* parts,
                           size_t part_count) {
  const size_t body = total(parts, part_count);
  if (head.size() + body > kSentWhole || part_count > 1) {
    return false;
  }
  header.head_size = static_cast<uint32_t>(head.size());
  header.body_size = static_cast<uint32_t>(body);
  FrameHeaderBytes fixed = encode_header(header);
  iovec pending[3] = {{fixed.data(), fixed.size()},
                      {const_cast<uint8_t*>(head.data()), head.size()},
                      part_count == 0 ? iovec{nullptr, 0} : parts[0]};
  msghdr message{};
  message.msg_iov = pending;
  message.msg_iovlen = 3;
  return sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) > 0;
}

size_t Channel::receive_some(char* into, size_t size, const Deadline& deadline) {
  for (;;) {
    const ssize_t received = recv(socket_.get(), into, size, MSG_DONTWAIT);
    if (received > 0) {
      return static_cast<size_t>(received);
    }
    if (received == 0) {
      throw ChannelClosed(false);
    }
    if (errno == EAGAIN) {
      wait(POLLIN, deadline);
      continue;
    }
    if (errno == EINTR) {
      continue;
    }
    // The kernel resets a Unix socket whose peer went away with unread data.
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
    end_ += receive_some(buffer_.get() + end_, kBuffer - end_, deadline);
  }
}

bool Channel::await(const Deadline& deadline) {
  if (has_more()) {
    return true;
  }
  if (may_block_ && deadline.is_later_than(std::chrono::microseconds(kFirstWait))) {
    const ssize_t received = recv(socket_.get(), buffer_.get(), kBuffer, 0);
    if (received > 0) {
      start_ = 0;
      end_ = static_cast<size_t>(received);
      return true;
    }
    if (received == 0 || (errno != EAGAIN && errno != EINTR)) {
      throw ChannelClosed(received < 0 && errno == ECONNRESET);
    }
  }
  try {
    wait(POLLIN, deadline);
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
  const char* content = nullptr;
  if (size <= kBuffer) {
    fill(size, deadline);
    content = buffer_.get() + start_;
    start_ += size;
  } else {
    large_ = large_memory(size);
    size_t held = end_ - start_;
    std::memcpy(large_.get(), buffer_.get() + start_, held);
    start_ = end_ = 0;
    while (held < size) {
      held += receive_some(large_.get() + held, size - held, deadline);
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
