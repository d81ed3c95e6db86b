// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The pools of one start, by name.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <memory>
#include <string>
#include <vector>

#include "dispatch/pool.h"

namespace orthanc_runtime {

/// Does not change, so that requests look at it without a lock.
class Pools {
 public:
  Pools() = default;
  explicit Pools(std::vector<std::shared_ptr<Pool>> pools) : pools_(std::move(pools)) {}

  bool empty() const { return pools_.empty(); }
  auto begin() const { return pools_.begin(); }
  auto end() const { return pools_.end(); }

  /// Null where no function of the script is offloaded to a pool of this name.
  Pool* find(const std::string& name) const;

  /// The pool whose worker has sent the request; null where it comes from somebody else.
  const Pool* origin(const OrthancPluginHttpRequest& request) const;

  /// See Pool; together they take no longer than one.
  void refuse_tasks() const;
  void stop() const;

 private:
  std::vector<std::shared_ptr<Pool>> pools_;
};

}  // namespace orthanc_runtime
