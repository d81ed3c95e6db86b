// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/log_pump.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace orthanc_runtime {

namespace {

constexpr size_t kLongestLine = 4096;
constexpr double kLinesAtOnce = 1000;
constexpr double kLinesPerSecond = 200;
// A stream that is flooded must not starve the others.
constexpr int kReadsInTurn = 16;
constexpr int kDroppedReportMilliseconds = 1000;

Descriptor checked(int fd, const char* what) {
  if (fd < 0) {
    throw std::system_error(errno, std::generic_category(), what);
  }
  return Descriptor(fd);
}

}  // namespace

LogPump::LogPump(Host& host)
    : host_(host),
      poll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll of the log pump")),
      wake_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd of the log pump")) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_.get();
  epoll_ctl(poll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  thread_ = std::thread([this] { run(); });
}

LogPump::~LogPump() {
  const uint64_t one = 1;
  // An eventfd write of 1 cannot fail before 2**64 - 2 of them.
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);
  thread_.join();
}

void LogPump::add(std::shared_ptr<WorkerProcess> process, Descriptor pipe) {
  const int fd = pipe.get();
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  auto stream = std::make_unique<Stream>();
  stream->process = std::move(process);
  stream->pipe = std::move(pipe);
  stream->allowance = kLinesAtOnce;
  stream->refilled = Deadline::Clock::now();
  const std::lock_guard lock(mutex_);
  streams_[fd] = std::move(stream);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void LogPump::drain(const WorkerProcess& process, const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  stream_ended_.wait_until(lock, deadline.at(), [&] {
    return std::none_of(streams_.begin(), streams_.end(),
                        [&](const auto& entry) { return entry.second->process.get() == &process; });
  });
}

std::vector<LogPump::Stream*> LogPump::streams() const {
  const std::lock_guard lock(mutex_);
  std::vector<Stream*> all;
  all.reserve(streams_.size());
  for (const auto& [fd, stream] : streams_) {
    all.push_back(stream.get());
  }
  return all;
}

void LogPump::run() {
  std::array<epoll_event, 16> events{};
  for (;;) {
    const int ready = epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()),
                                 kDroppedReportMilliseconds);
    bool ending = false;
    for (int i = 0; i < ready; ++i) {
      const int fd = events[static_cast<size_t>(i)].data.fd;
      if (fd == wake_.get()) {
        ending = true;
        continue;
      }
      Stream* stream = nullptr;
      {
        const std::lock_guard lock(mutex_);
        stream = streams_.at(fd).get();
      }
      if (!pump(*stream)) {
        // Explicitly: the pipe stays registered while a duplicate of the descriptor is open.
        epoll_ctl(poll_.get(), EPOLL_CTL_DEL, fd, nullptr);
        const std::lock_guard lock(mutex_);
        streams_.erase(fd);
        stream_ended_.notify_all();
      }
    }
    const auto now = Deadline::Clock::now();
    for (Stream* stream : streams()) {
      if (stream->dropped > 0 && now - stream->dropping_since > std::chrono::seconds(1)) {
        say_dropped(*stream);
      }
    }
    if (ending) {
      for (Stream* stream : streams()) {
        pump(*stream);
        say_dropped(*stream);
      }
      return;
    }
  }
}

bool LogPump::pump(Stream& stream) {
  std::array<char, size_t{16} * 1024> data{};
  for (int turn = 0; turn < kReadsInTurn; ++turn) {
    const ssize_t size = read(stream.pipe.get(), data.data(), data.size());
    if (size > 0) {
      take(stream, data.data(), static_cast<size_t>(size));
    } else if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
      return true;
    } else {
      if (!stream.partial.empty()) {
        line(stream, stream.partial);
      }
      say_dropped(stream);
      return false;
    }
  }
  return true;
}

void LogPump::take(Stream& stream, const char* data, size_t size) {
  stream.process->add_last_words(data, size);
  const char* const end = data + size;
  while (data < end) {
    const char* const newline = std::find(data, end, '\n');
    const size_t room = kLongestLine - std::min(kLongestLine, stream.partial.size());
    stream.partial.append(data, std::min(static_cast<size_t>(newline - data), room));
    if (newline == end) {
      return;
    }
    line(stream, stream.partial);
    stream.partial.clear();
    data = newline + 1;
  }
}

void LogPump::line(Stream& stream, const std::string& text) {
  if (stream.process->stacks.take(text)) {
    return;
  }
  const auto now = Deadline::Clock::now();
  const std::chrono::duration<double> passed = now - stream.refilled;
  stream.refilled = now;
  stream.allowance = std::min(kLinesAtOnce, stream.allowance + passed.count() * kLinesPerSecond);
  if (stream.allowance < 1) {
    if (stream.dropped++ == 0) {
      stream.dropping_since = now;
    }
    return;
  }
  stream.allowance -= 1;
  host_.log(LogLine(LogLevel::Warning, stream.process->name() + ": " + text)
                .of_worker(stream.process->pid()));
}

void LogPump::say_dropped(Stream& stream) {
  if (stream.dropped > 0) {
    const std::string text = stream.process->name() + ": " + std::to_string(stream.dropped) +
                             " lines of output dropped, more than " +
                             std::to_string(static_cast<int>(kLinesPerSecond)) +
                             " a second are not logged";
    host_.log(LogLine(LogCode::OutputDropped, text).of_worker(stream.process->pid()));
    stream.dropped = 0;
  }
}

}  // namespace orthanc_runtime
