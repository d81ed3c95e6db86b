// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How deep arrays and maps are nested: each level takes of the C stack.
#pragma once

namespace orthanc_runtime {

class Nesting {
 public:
  static constexpr int kMaximum = 512;  // heads of Orthanc have less

  explicit Nesting(int& levels) : levels_(levels) { ++levels_; }
  ~Nesting() { --levels_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

  bool too_deep() const { return levels_ > kMaximum; }

 private:
  int& levels_;
};

}  // namespace orthanc_runtime
