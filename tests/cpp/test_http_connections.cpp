// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <vector>

#include "dispatch/descriptor.h"
#include "dispatch/http_threads.h"

using namespace orthanc_runtime;

namespace {

/// A server of this process, and clients of it.
class Server {
 public:
  Server() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(bind(listener_.get(), any, size) == 0);
    REQUIRE(listen(listener_.get(), 16) == 0);
    REQUIRE(getsockname(listener_.get(), any, &size) == 0);
    address_ = address;
  }

  uint16_t port() const { return ntohs(address_.sin_port); }

  void accept_clients(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      Descriptor client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      REQUIRE(connect(client.get(), reinterpret_cast<const sockaddr*>(&address_),
                      sizeof address_) == 0);
      accepted_.emplace_back(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      clients_.push_back(std::move(client));
    }
  }

  void drop_clients() {
    clients_.clear();
    accepted_.clear();
  }

 private:
  Descriptor listener_;
  sockaddr_in address_{};
  std::vector<Descriptor> clients_;
  std::vector<Descriptor> accepted_;
};

size_t counted(HttpConnections& connections, uint16_t port) {
  connections.set_port(port);  // counts afresh
  return connections.count().value();
}

}  // namespace

TEST_CASE("connections are those that a server of this process has accepted") {
  Server server;
  Server other;
  HttpConnections connections;
  CHECK(counted(connections, server.port()) == 0);
  server.accept_clients(3);
  other.accept_clients(1);
  CHECK(counted(connections, server.port()) == 3);
  CHECK(counted(connections, other.port()) == 1);
  server.drop_clients();
  CHECK(counted(connections, server.port()) == 0);
}

TEST_CASE("without a server nothing can be counted") {
  HttpConnections connections;
  CHECK_FALSE(connections.count().has_value());
}

TEST_CASE("a worker gets an HTTP thread as long as half of them have no connection") {
  Server server;
  const auto threads = std::make_shared<HttpThreads>();
  threads->set_limits(8, server.port());
  auto first = threads->reserve();
  CHECK((first != nullptr));
  server.accept_clients(4);
  threads->set_limits(8, server.port());
  CHECK((threads->reserve() != nullptr));
  server.accept_clients(1);
  threads->set_limits(8, server.port());
  CHECK((threads->reserve() == nullptr));
  server.drop_clients();
  threads->set_limits(8, server.port());
  CHECK((threads->reserve() != nullptr));
}

TEST_CASE("what is reserved counts, and so does a request in a route") {
  Server server;
  const auto threads = std::make_shared<HttpThreads>();
  threads->set_limits(5, server.port());
  const HttpThreads::InRoute route(*threads);
  auto first = threads->reserve();
  auto second = threads->reserve();
  CHECK((second != nullptr));
  CHECK((threads->reserve() == nullptr));
  second.reset();
  CHECK((threads->reserve() != nullptr));
}

TEST_CASE("no HTTP thread within a callback, nor without an HTTP server, nor where they are few") {
  Server server;
  const auto threads = std::make_shared<HttpThreads>();
  threads->set_limits(50, 0);
  CHECK((threads->reserve() == nullptr));
  threads->set_limits(2, server.port());
  CHECK((threads->reserve() == nullptr));
  threads->set_limits(50, server.port());
  CHECK((threads->reserve() != nullptr));
  const HttpThreads::InCallback callback;
  CHECK((threads->reserve() == nullptr));
}
