// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "dispatch/handles.h"
#include "dispatch/lent_objects.h"

using namespace orthanc_runtime;

namespace {

constexpr char kImage = 0, kPeers = 0;

std::shared_ptr<int> object() { return std::make_shared<int>(7); }

}  // namespace

TEST_CASE("an object belongs to its task") {
  Handles handles;
  const auto image = object();
  const uint64_t number = handles.add(5, &kImage, image);
  CHECK((handles.find(5, &kImage, number).held->object == image));
  CHECK((handles.find(0, &kImage, number).held->object == image));
  CHECK(handles.find(6, &kImage, number).problem == Handles::Problem::OfAnotherTask);
  CHECK(handles.find(5, &kPeers, number).problem == Handles::Problem::WrongType);
  CHECK(handles.find(5, &kImage, number + 1).problem == Handles::Problem::NeverIssued);
  CHECK(handles.find(5, &kImage, 0).problem == Handles::Problem::NeverIssued);
}

TEST_CASE("every task reaches an object made outside of tasks") {
  Handles handles;
  const uint64_t number = handles.add(0, &kPeers, object());
  CHECK(handles.find(8, &kPeers, number).problem == Handles::Problem::None);
  handles.free_of_task(8);
  CHECK(handles.find(9, &kPeers, number).problem == Handles::Problem::None);
}

TEST_CASE("an object ends with its task, and is stale afterwards") {
  Handles handles;
  const auto image = object();
  const uint64_t number = handles.add(5, &kImage, image);
  const uint64_t other = handles.add(6, &kImage, object());
  CHECK(image.use_count() == 2);
  handles.free_of_task(5);
  CHECK(image.use_count() == 1);
  CHECK(handles.find(5, &kImage, number).problem == Handles::Problem::Stale);
  CHECK(handles.find(6, &kImage, other).problem == Handles::Problem::None);
  CHECK(handles.count() == 1);
}

TEST_CASE("a call that is using an object keeps it") {
  Handles handles;
  const auto image = object();
  const uint64_t number = handles.add(5, &kImage, image);
  const auto found = handles.find(5, &kImage, number);
  handles.free_all();
  CHECK(handles.count() == 0);
  CHECK((found.held->object == image));
}

TEST_CASE("freeing twice is no error, freeing what never was is one") {
  Handles handles;
  const uint64_t number = handles.add(5, &kImage, object());
  CHECK(handles.free(number));
  CHECK(handles.free(number));
  CHECK_FALSE(handles.free(number + 1));
  CHECK_FALSE(handles.free(0));
}

TEST_CASE("a worker cannot hold any number of objects") {
  Handles handles;
  uint64_t last = 0;
  for (size_t i = 0; i < Handles::kMaximum; ++i) {
    last = handles.add(5, &kImage, object());
    REQUIRE(last != 0);
  }
  CHECK(handles.add(5, &kImage, object()) == 0);
  handles.free(last);
  CHECK(handles.add(5, &kImage, object()) == last + 1);
}

TEST_CASE("what is lent to a task is found by that task alone") {
  constexpr uint64_t kLent = uint64_t{1} << 63;
  LentObjects lent;
  int object = 7;
  lent.add({&kImage, &object, nullptr});
  const uint64_t number = kLent | 5 << 8;
  CHECK(LentObjects::is_number(number));
  CHECK((lent.find(5, &kImage, number).object == &object));
  CHECK(lent.find(5, &kPeers, number).problem == LentObjects::Problem::WrongType);
  CHECK(lent.find(6, &kImage, number).problem == LentObjects::Problem::OfAnotherTask);
  CHECK(lent.find(5, &kImage, number + 1).problem == LentObjects::Problem::NeverLent);
  CHECK_FALSE(LentObjects::is_number(Handles().add(5, &kImage, ::object())));
}
