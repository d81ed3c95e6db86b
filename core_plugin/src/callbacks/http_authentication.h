// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Who may send HTTP requests to Orthanc.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "callbacks/callback_list.h"

namespace orthanc_runtime {

/// The core asks the callback in place of its own users and tokens. The tokens of this plugin stay
/// valid all the same: the workers' requests carry one, and must not wait for the GIL.
class HttpAuthentication {
 public:
  /// With the GIL. Raises RuntimeError where there is a callback already.
  void set_callback(const pybind11::object& callback);
  const pybind11::object& callback() const { return callback_; }

  void add_token(const std::string& token);
  bool is_token(const std::string& authorization) const;

 private:
  SingleRegistration registration_{"HTTP authentication"};
  pybind11::object callback_;
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> tokens_;
};

}  // namespace orthanc_runtime
