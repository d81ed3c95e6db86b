// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>
#include <fcntl.h>

#include <csignal>

#include "child.h"

using namespace orthanc_runtime;

TEST_CASE("an exit code and a signal are told apart") {
  Child code = start_child([](int) { return 7; });
  CHECK(code.process->exit_status().code == 7);
  CHECK(code.process->exit_status().text() == "exited with code 7");
  Child signal = start_child([](int) {
    pause();
    return 0;
  });
  CHECK_FALSE(signal.process->exited(Deadline::in(0)));
  signal.process->kill("a test");
  signal.process->kill("a second reason");
  CHECK(signal.process->exit_status().signal == SIGKILL);
  CHECK(signal.process->exit_status().text() == "killed by signal 9 (SIGKILL)");
  CHECK(signal.process->kill_reason() == "a test");
}

TEST_CASE("the status of a forkserver child is what multiprocess writes") {
  Child child = start_child([](int) { return 0; });
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const int64_t returncode = -11;
  REQUIRE(write(ends[1], &returncode, sizeof returncode) == sizeof returncode);
  close(ends[1]);
  WorkerProcess process(1, child.process->pid(), Descriptor(dup(child.process->pidfd())),
                        Descriptor(ends[0]));
  CHECK(process.exit_status().signal == 11);
  child.process->exit_status();
}

TEST_CASE("only the last words are kept") {
  const auto process = this_process();
  const std::string many(5000, 'x');
  process->add_last_words(many.data(), many.size());
  process->add_last_words("end", 3);
  CHECK(process->last_words().size() == 2048);
  CHECK(process->last_words().substr(2045) == "end");
}
