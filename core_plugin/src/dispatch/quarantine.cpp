// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dispatch/quarantine.h"

#include <algorithm>

namespace orthanc_runtime {

namespace {

constexpr std::chrono::seconds kFirstPeriod{10};
constexpr std::chrono::seconds kLongestPeriod{300};

}  // namespace

std::optional<std::string> Quarantine::refusal(const std::string& handler, Time now) {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(handler);
  if (found == states_.end() || found->second.in_a_row < crashes_) {
    return std::nullopt;
  }
  State& state = found->second;
  if (now >= state.until && !state.on_trial) {
    state.on_trial = true;
    return std::nullopt;
  }
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(state.until - now);
  const std::string until =
      state.on_trial ? "until the one task that tries it again has ended"
                     : "for " + std::to_string(std::max<int64_t>(left.count(), 0) + 1) + " s more";
  return "the handler is in quarantine " + until + ": it crashed " +
         std::to_string(state.in_a_row) + " workers in a row; the last " + state.how;
}

std::string Quarantine::succeeded(const std::string& handler) {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(handler);
  if (found == states_.end()) {
    return {};
  }
  const bool was_quarantined = found->second.in_a_row >= crashes_;
  states_.erase(found);
  return was_quarantined ? handler + " leaves its quarantine: it did not crash" : std::string();
}

std::string Quarantine::crashed(const std::string& handler, const std::string& how, Time now) {
  if (crashes_ == 0) {
    return {};
  }
  const std::lock_guard lock(mutex_);
  State& state = states_[handler];
  ++state.in_a_row;
  state.how = how;
  // Tasks that had begun before the quarantine do not make it longer.
  if (state.in_a_row < crashes_ || (state.period.count() > 0 && !state.on_trial)) {
    return {};
  }
  state.on_trial = false;
  state.period =
      state.period.count() == 0 ? kFirstPeriod : std::min(kLongestPeriod, 2 * state.period);
  state.until = now + state.period;
  return handler + " crashed " + std::to_string(state.in_a_row) +
         " workers in a row: it is in quarantine for " + std::to_string(state.period.count()) +
         " s, its requests are answered with 503";
}

void Quarantine::undecided(const std::string& handler) {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(handler);
  if (found != states_.end()) {
    found->second.on_trial = false;
  }
}

}  // namespace orthanc_runtime
