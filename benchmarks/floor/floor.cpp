// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The least that offloading to processes can cost: a thread of the core leases a socket to a loop
// in Python, sends the request, waits for the answer, and sends that. No deadline, no failure that
// anything survives: a floor for comparisons, not a plugin to use.
#include <orthanc/OrthancCPlugin.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

namespace {

constexpr int kWorkers = 2;
constexpr int kCalls = 2000;

OrthancPluginContext* context = nullptr;
std::mutex mutex;
std::condition_variable given;
std::vector<int> idle;

int lease() {
  std::unique_lock lock(mutex);
  given.wait(lock, [] { return !idle.empty(); });
  const int lane = idle.back();
  idle.pop_back();
  return lane;
}

void give(int lane) {
  {
    const std::lock_guard lock(mutex);
    idle.push_back(lane);
  }
  given.notify_one();
}

/// What a worker answers; empty where it does not.
std::string run(const std::string& task) {
  const int lane = lease();
  char answer[4096];
  const bool sent = send(lane, task.data(), task.size(), MSG_NOSIGNAL) > 0;
  const ssize_t size = sent ? recv(lane, answer, sizeof answer, 0) : -1;
  give(lane);
  return size > 0 ? std::string(answer, static_cast<size_t>(size)) : std::string();
}

OrthancPluginErrorCode serve(OrthancPluginRestOutput* output, const char* uri,
                             const OrthancPluginHttpRequest* /*request*/) {
  const std::string answer = run(uri);
  if (answer.empty()) {
    return OrthancPluginErrorCode_Plugin;
  }
  OrthancPluginAnswerBuffer(context, output, answer.data(), static_cast<uint32_t>(answer.size()),
                            "text/plain");
  return OrthancPluginErrorCode_Success;
}

/// The same again and again without HTTP.
OrthancPluginErrorCode serve_calls(OrthancPluginRestOutput* output, const char* uri,
                                   const OrthancPluginHttpRequest* /*request*/) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kCalls; ++i) {
    if (run(uri).empty()) {
      return OrthancPluginErrorCode_Plugin;
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const std::string answer = "{\"seconds\": " + std::to_string(took.count() / kCalls) + "}";
  OrthancPluginAnswerBuffer(context, output, answer.data(), static_cast<uint32_t>(answer.size()),
                            "application/json");
  return OrthancPluginErrorCode_Success;
}

/// FLOOR_PYTHON runs FLOOR_ECHO, which serves the socket whose number is its argument.
void start_worker() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
    abort();
  }
  const std::string number = std::to_string(ends[1]);
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(ends[0]);
    execl(FLOOR_PYTHON, FLOOR_PYTHON, FLOOR_ECHO, number.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  idle.push_back(ends[0]);
}

int count_of_routes() {
  const char* count = getenv("BENCHMARK_ROUTES");
  return count == nullptr ? 1 : atoi(count);
}

}  // namespace

extern "C" {

ORTHANC_PLUGINS_API int32_t OrthancPluginInitialize(OrthancPluginContext* given_context) {
  context = given_context;
  for (int i = 0; i < kWorkers; ++i) {
    start_worker();
  }
  // The core looks through them in this order.
  for (int i = 1; i < count_of_routes(); ++i) {
    const std::string route = "/route-" + std::to_string(i);
    OrthancPluginRegisterRestCallbackNoLock(context, route.c_str(), serve);
  }
  OrthancPluginRegisterRestCallbackNoLock(context, "/noop", serve);
  OrthancPluginRegisterRestCallbackNoLock(context, "/calls", serve_calls);
  return 0;
}

ORTHANC_PLUGINS_API void OrthancPluginFinalize() {}
ORTHANC_PLUGINS_API const char* OrthancPluginGetName() { return "floor"; }
ORTHANC_PLUGINS_API const char* OrthancPluginGetVersion() { return "0"; }
}
