// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/function_calls.h"

#include <cmath>

#include "dispatch/head_writer.h"

namespace orthanc_runtime {

namespace {

constexpr uint8_t kFunctionTask = 1;
constexpr size_t kMaximumConcurrency = 100;

bool is_call(const Json& head) {
  return head.size() == 7 && head[1].is_string() && head[2].is_string() &&
         (head[3].is_null() || (head[3].is_number() && std::isfinite(head[3].get<double>()) &&
                                head[3].get<double>() >= 0)) &&
         head[4].is_boolean() && head[5].is_boolean() && head[6].is_number_unsigned() &&
         head[6].get<size_t>() <= kMaximumConcurrency;
}

CallReply reply_with(const char* error, const std::string& message, Json failure = nullptr) {
  CallReply reply;
  reply.head = Json::array({0, "", Json::array({error, message, std::move(failure)})});
  return reply;
}

}  // namespace

void set_function(Task& task, const std::string& address) {
  task.label = address;
  task.handler = address;
  HeadWriter head;
  head.array(2);
  head.small(kFunctionTask);
  head.text(address);
  task.head = head.take();
}

const char* error_class(Ending ending) {
  switch (ending) {
    case Ending::WorkerDied:
      return "WorkerDied";
    case Ending::Saturated:
      return "PoolSaturated";
    case Ending::Stopping:
      return "PoolStopping";
    case Ending::Broken:
      return "PoolBroken";
    case Ending::DeadlinePassed:
      return "TaskTimeout";
    case Ending::TooDeep:
      return "NestedTooDeep";
    case Ending::Quarantined:
      return "HandlerQuarantined";
    case Ending::TooLarge:
      return "NotTransferable";
    default:
      return nullptr;
  }
}

CallReply call_function(const Pools& pools, const Json& head, std::string_view body) {
  if (!is_call(head)) {
    throw ProtocolError("CALL of a function");
  }
  const auto& name = head[1].get_ref<const std::string&>();
  Pool* const pool = pools.find(name);
  if (pool == nullptr) {
    return reply_with("PoolBroken", "the pool " + name + " has no workers");
  }
  Task task;
  set_function(task, head[2].get<std::string>());
  task.timeout = head[3].is_null() ? pool->limits().task_timeout : head[3].get<double>();
  task.idempotent = head[4].get<bool>();
  task.cancellable = head[5].get<bool>();
  task.concurrency = head[6].get<size_t>();
  task.body.push_back({const_cast<char*>(body.data()), body.size()});
  Outcome outcome = pool->run(task);
  if (const char* const error = error_class(outcome.ending)) {
    return reply_with(error, outcome.message + " (" + task_name(outcome.task, "") + ")");
  }
  const bool failed = outcome.ending == Ending::HandlerFailed;
  CallReply reply = reply_with("", "", failed ? std::move(outcome.error) : Json());
  reply.owner = outcome.body.storage;
  reply.body = outcome.body.view;
  return reply;
}

}  // namespace orthanc_runtime
