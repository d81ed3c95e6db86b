// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/pools.h"

#include <system_error>
#include <thread>

#include "dispatch/request_head.h"

namespace orthanc_runtime {

Pool* Pools::find(const std::string& name) const {
  for (const std::shared_ptr<Pool>& pool : pools_) {
    if (pool->name() == name) {
      return pool.get();
    }
  }
  return nullptr;
}

const Pool* Pools::origin(const OrthancPluginHttpRequest& request) const {
  for (const std::shared_ptr<Pool>& pool : pools_) {
    if (carries_token(request, pool->limits().token)) {
      return pool.get();
    }
  }
  return nullptr;
}

void Pools::refuse_tasks() const {
  for (const std::shared_ptr<Pool>& pool : pools_) {
    pool->refuse_tasks();
  }
}

void Pools::stop() const {
  std::vector<std::thread> stopping;
  for (const std::shared_ptr<Pool>& pool : pools_) {
    try {
      stopping.emplace_back([&pool] { pool->stop(); });
    } catch (const std::system_error&) {  // as many as the system allows
      pool->stop();
    }
  }
  for (std::thread& thread : stopping) {
    thread.join();
  }
}

}  // namespace orthanc_runtime
