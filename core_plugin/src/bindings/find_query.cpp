// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What FindQuery has besides the generated methods.
#include "bindings/hand_written.h"

namespace orthanc_runtime {

namespace {

using FindQuery = SdkObject<OrthancPluginFindQuery>;

struct Tag {
  std::uint16_t group = 0;
  std::uint16_t element = 0;
};

Tag query_tag(FindQuery& self, std::uint32_t index) {
  const Use<OrthancPluginFindQuery> use(self);
  Tag tag;
  check(call_sdk([&] {
    return OrthancPluginGetFindQueryTag(sdk(), &tag.group, &tag.element, use.get(), index);
  }));
  return tag;
}

}  // namespace

void bind_find_query(py::class_<FindQuery>& bound) {
  bound.def(
      "GetFindQueryTagGroup",
      [](FindQuery& self, std::uint32_t index) { return query_tag(self, index).group; },
      "GetFindQueryTagGroup(self, index: int, /) -> int\n\nThe group of one tag of the query.");
  bound.def(
      "GetFindQueryTagElement",
      [](FindQuery& self, std::uint32_t index) { return query_tag(self, index).element; },
      "GetFindQueryTagElement(self, index: int, /) -> int\n\nThe element of one tag of the query.");
}

}  // namespace orthanc_runtime
