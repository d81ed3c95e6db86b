// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>
#include <fcntl.h>

#include <csignal>
#include <thread>

#include "child.h"
#include "dispatch/pool.h"

using namespace orthanc_runtime;

namespace {

class SilentHost : public Host {
 public:
  void log(const LogLine& /*line*/) override {}
  CallReply call(const CallOrigin& /*origin*/, const Json& head, std::string_view body) override {
    CallReply reply;
    if (on_call) {
      on_call();
    }
    reply.head = Json::array({0, "", head});
    reply.body = body;
    return reply;
  }
  std::function<void()> on_call;
};

struct CountingSink : OutputSink {
  void check(const Json& head) const override {
    if (head != Json::array({"AnswerBuffer", "text/plain"})) {
      throw ProtocolError("unexpected output call");
    }
  }
  void apply(const Json& /*head*/, std::string_view body) override { bodies.emplace_back(body); }
  std::vector<std::string> bodies;
};

/// What a worker does with each TASK: `behave` gets its body and a way to send frames back.
using Send = std::function<void(FrameKind, const Json&, const std::string&)>;
using Behave = std::function<void(const std::string&, const Send&, Channel&)>;

int serve(int socket, const Behave& behave) {
  Channel channel(Descriptor(dup(socket)), this_process());
  close(socket);
  for (;;) {
    Frame frame;
    try {
      frame = channel.receive(Deadline::in(60));
    } catch (const std::exception&) {
      return 0;
    }
    const FrameHeader task = frame.header;
    const Send send = [&](FrameKind kind, const Json& head, const std::string& body) {
      FrameHeader header = task;
      header.kind = kind;
      const iovec part{const_cast<char*>(body.data()), body.size()};
      channel.send(header, encode_head(head), &part, 1, Deadline::in(60));
    };
    behave(std::string(frame.body), send, channel);
  }
}

void add_worker(Pool& pool, int index, const Behave& behave) {
  Child child = start_child([&](int socket) { return serve(socket, behave); });
  auto [service, other] = socket_pair();
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  close(ends[1]);
  const auto worker =
      pool.attach(index, child.process->pid(), Descriptor(dup(child.process->pidfd())),
                  Descriptor(), std::move(service), Descriptor(ends[0]), Descriptor(dup(ends[0])));
  worker->publish(std::move(child.socket));
}

PoolLimits limits(size_t admitted) {
  PoolLimits made;
  made.admitted = admitted;
  made.queue_timeout = 20;
  made.task_timeout = 20;
  return made;
}

Task task_of(const std::string& body, CountingSink* sink = nullptr) {
  Task task;
  task.label = "a test";
  task.head = encode_head(Json::array({0}));
  task.body.push_back({const_cast<char*>(body.data()), body.size()});
  task.timeout = 20;
  task.sink = sink;
  return task;
}

void echo(const std::string& body, const Send& send, Channel& /*channel*/) {
  send(FrameKind::Output, Json::array({"AnswerBuffer", "text/plain"}), body);
  send(FrameKind::Done, Json::array(), "");
}

}  // namespace

TEST_CASE("a task is answered by its worker") {
  Pool pool(std::make_shared<SilentHost>(), limits(10));
  add_worker(pool, 0, echo);
  const std::string body(300000, 'b');
  CountingSink sink;
  const Outcome outcome = pool.run(task_of(body, &sink));
  CHECK(outcome.ending == Ending::Done);
  REQUIRE(sink.bodies.size() == 1);
  CHECK(sink.bodies[0] == body);
  CHECK(pool.counters().done == 1);
}

TEST_CASE("each way a worker can fail has its name") {
  const struct {
    Behave behave;
    Ending ending;
    std::string text;
  } cases[] = {
      {[](auto&, auto&, auto&) { _exit(3); }, Ending::WorkerDied, "exited with code 3"},
      {[](auto&, auto&, auto&) { raise(SIGKILL); }, Ending::WorkerDied, "SIGKILL"},
      {[](auto&, auto&, Channel& channel) {
         channel.shut();
         pause();
       },
       Ending::WorkerDied, "closed its lane"},
      {[](auto&, const Send& send, auto&) { send(FrameKind::Task, Json::array(), ""); },
       Ending::WorkerDied, "bad frame"},
      {[](auto&, const Send& send, auto&) { send(FrameKind::Output, Json("?"), ""); },
       Ending::WorkerDied, "bad frame"},
      {[](auto&, const Send& send, auto&) { send(FrameKind::Failed, Json::array({1}), ""); },
       Ending::WorkerDied, "bad frame"},
      {[](auto&, const Send& send, auto&) {
         send(FrameKind::Failed, Json::array({"ValueError", "no", "trace", nullptr}), "");
       },
       Ending::HandlerFailed, "ValueError: no"},
  };
  for (const auto& each : cases) {
    Pool pool(std::make_shared<SilentHost>(), limits(10));
    add_worker(pool, 0, each.behave);
    CountingSink sink;
    const std::string body = "x";
    const Outcome outcome = pool.run(task_of(body, &sink));
    CHECK(outcome.ending == each.ending);
    CHECK_MESSAGE(outcome.message.find(each.text) != std::string::npos, outcome.message);
  }
}

TEST_CASE("a deadline kills the worker") {
  Pool pool(std::make_shared<SilentHost>(), limits(10));
  add_worker(pool, 0, [](auto&, auto&, auto&) { pause(); });
  const std::string body = "x";
  Task task = task_of(body);
  task.timeout = 0.05;
  CHECK(pool.run(task).ending == Ending::DeadlinePassed);
  CHECK(pool.counters().idle == 0);
}

TEST_CASE("a task that a dead idle worker had not taken goes to the next one") {
  Pool pool(std::make_shared<SilentHost>(), limits(10));
  add_worker(pool, 1, echo);
  Child victim = start_child([](int socket) { return serve(socket, echo); });
  const pid_t pid = victim.process->pid();
  auto [service, other] = socket_pair();
  const auto worker = pool.attach(2, pid, Descriptor(dup(victim.process->pidfd())), Descriptor(),
                                  std::move(service), Descriptor(open("/dev/null", O_RDONLY)),
                                  Descriptor(open("/dev/null", O_RDONLY)));
  worker->publish(std::move(victim.socket));
  kill(pid, SIGKILL);
  REQUIRE(worker->process().exited(Deadline::in(5)));
  CountingSink sink;
  const std::string body = "x";
  CHECK(pool.run(task_of(body, &sink)).ending == Ending::Done);
  CHECK(sink.bodies.size() == 1);
}

TEST_CASE("admission is bounded, and a request from a worker does not wait") {
  Pool pool(std::make_shared<SilentHost>(), limits(1));
  const std::string body = "x";
  Task from_worker = task_of(body);
  from_worker.may_queue = false;
  CHECK(pool.run(from_worker).ending == Ending::Saturated);
  std::thread waiting([&] { CHECK(pool.run(task_of(body)).ending == Ending::Stopping); });
  while (pool.counters().waiting != 1) {
    std::this_thread::yield();
  }
  CHECK(pool.run(task_of(body)).ending == Ending::Saturated);
  pool.stop();
  waiting.join();
}

TEST_CASE("a broken pool refuses at once, also those who wait") {
  Pool pool(std::make_shared<SilentHost>(), limits(10));
  const std::string body = "x";
  std::thread waiting([&] {
    const Outcome outcome = pool.run(task_of(body));
    CHECK(outcome.ending == Ending::Broken);
    CHECK(outcome.message == "no luck");
  });
  while (pool.counters().waiting != 1) {
    std::this_thread::yield();
  }
  pool.set_broken("no luck");
  waiting.join();
  CHECK(pool.run(task_of(body)).ending == Ending::Broken);
}

TEST_CASE("work that a CALL leads to goes down the same lane, four deep") {
  auto host = std::make_shared<SilentHost>();
  Pool pool(host, limits(1));
  add_worker(pool, 0, [](const std::string& body, const Send& send, Channel& channel) {
    // Serves nested tasks while its own call waits.
    const std::function<void(const std::string&, const Send&)> task = [&](const std::string& text,
                                                                          const Send& answer) {
      answer(FrameKind::Call, Json::array({"RestApiGet"}), text);
      for (;;) {
        const Frame frame = channel.receive(Deadline::in(20));
        const FrameHeader header = frame.header;
        if (header.kind == FrameKind::Reply) {
          break;
        }
        task(std::string(frame.body),
             [&](FrameKind kind, const Json& head, const std::string& data) {
               FrameHeader out = header;
               out.kind = kind;
               const iovec part{const_cast<char*>(data.data()), data.size()};
               channel.send(out, encode_head(head), &part, 1, Deadline::in(20));
             });
      }
      answer(FrameKind::Done, Json::array(), text);
    };
    task(body, send);
  });
  int depth = 0;
  std::vector<Ending> endings;
  const std::string body = "nested";
  host->on_call = [&] {
    if (depth < 5) {
      ++depth;
      endings.push_back(pool.run(task_of(body)).ending);
    }
  };
  CHECK(pool.run(task_of(body)).ending == Ending::Done);
  CHECK(endings == std::vector<Ending>{Ending::TooDeep, Ending::Done, Ending::Done, Ending::Done,
                                       Ending::Done});
}

TEST_CASE("an answer that no frame can carry is a failure of the CALL, and the lane goes on") {
  Pool pool(std::make_shared<SilentHost>(), limits(1));
  add_worker(pool, 0, [](const std::string& body, const Send& send, Channel& channel) {
    // the host answers with the head, and a little more
    send(FrameKind::Call, Json::array({std::string(kMaximumHead - 8, 'x')}), "");
    const Frame frame = channel.receive(Deadline::in(20));
    const bool refused = decode_head(frame.head)[0] != 0;
    send(FrameKind::Output, Json::array({"AnswerBuffer", "text/plain"}), refused ? body : "?");
    send(FrameKind::Done, Json::array(), "");
  });
  CountingSink sink;
  for (const std::string body : {"first", "second"}) {
    CHECK(pool.run(task_of(body, &sink)).ending == Ending::Done);
  }
  CHECK(sink.bodies == std::vector<std::string>{"first", "second"});
}

TEST_CASE("a task that was cancelled has been taken, though its worker has not read that") {
  Pool pool(std::make_shared<SilentHost>(), limits(10));
  add_worker(pool, 0, echo);
  add_worker(pool, 1, [](auto&, auto&, Channel& channel) {
    channel.await(Deadline::in(20));  // CANCEL has come
    raise(SIGKILL);
  });
  CountingSink sink;
  const std::string body = "x";
  Task task = task_of(body, &sink);
  task.timeout = 0.05;
  task.cancellable = true;
  task.idempotent = true;
  CHECK(pool.run(task).ending == Ending::DeadlinePassed);
  CHECK(sink.bodies.empty());
}

TEST_CASE("what Orthanc throws while it serves a CALL ends the worker, not the thread that waits") {
  const auto host = std::make_shared<SilentHost>();
  host->on_call = [] { throw std::runtime_error("no luck"); };
  Pool pool(host, limits(10));
  add_worker(pool, 0, [](auto&, const Send& send, auto&) {
    send(FrameKind::Call, Json::array({"GetVersion"}), "");
    pause();
  });
  const std::string body = "x";
  const Outcome outcome = pool.run(task_of(body));
  CHECK(outcome.ending == Ending::WorkerDied);
  CHECK(outcome.message.find("no luck") != std::string::npos);
}
