// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/http_connections.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>
#include <memory>

namespace orthanc_runtime {

namespace {

// Counting takes a microsecond for each open file.
constexpr double kKept = 0.02;

bool is_listening(int socket) {
  int listening = 0;
  socklen_t size = sizeof listening;
  return getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening != 0;
}

/// 0 where it has none.
uint16_t local_port(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return 0;
  }
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return 0;
}

std::optional<size_t> count_at(uint16_t port) {
  const std::unique_ptr<DIR, int (*)(DIR*)> files(opendir("/proc/self/fd"), &closedir);
  if (!files) {
    return std::nullopt;
  }
  size_t found = 0;
  while (const dirent* const entry = readdir(files.get())) {
    if (entry->d_name[0] == '.') {
      continue;
    }
    // Other threads open and close files meanwhile; asking a wrong one does no harm.
    const int file = std::atoi(entry->d_name);
    if (local_port(file) == port && !is_listening(file)) {
      ++found;
    }
  }
  return found;
}

}  // namespace

void HttpConnections::set_port(uint16_t port) {
  port_ = port;
  stale_ = {};
}

std::optional<size_t> HttpConnections::count() {
  const auto now = Deadline::Clock::now();
  if (now >= stale_) {
    counted_ = port_ == 0 ? std::nullopt : count_at(port_);
    stale_ = Deadline::in(kKept).at();
  }
  return counted_;
}

}  // namespace orthanc_runtime
