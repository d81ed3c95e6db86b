// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker/call_body.h"

#include <array>
#include <cstring>
#include <vector>

#include "bindings/owned.h"
#include "bindings/plain_pickle.h"
#include "worker/frame_stream.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

constexpr size_t kPrefix = 16;
constexpr size_t kAlignment = 16;
constexpr uint64_t kIsBytes = uint64_t{1} << 63U;

/// What is left of the body.
class Rest {
 public:
  Rest(FrameStream& frames, size_t size) : frames_(frames), size_(size) {}

  void take(void* into, size_t size) {
    if (size > size_ - taken_) {
      throw ProtocolError("the body of a call is shorter than its lengths say");
    }
    frames_.take(static_cast<char*>(into), size);
    taken_ += size;
  }

  void align() {
    std::array<char, kAlignment> padding{};
    take(padding.data(), (kAlignment - taken_ % kAlignment) % kAlignment);
  }

  size_t left() const { return size_ - taken_; }

 private:
  FrameStream& frames_;
  const size_t size_;
  size_t taken_ = 0;
};

py::object take_object(Rest& rest, uint64_t length, bool as_bytes) {
  rest.align();
  if (length > rest.left()) {
    throw ProtocolError("the body of a call is shorter than its lengths say");
  }
  const auto size = static_cast<Py_ssize_t>(length);
  py::object object = owned(as_bytes ? PyBytes_FromStringAndSize(nullptr, size)
                                     : PyByteArray_FromStringAndSize(nullptr, size));
  rest.take(as_bytes ? PyBytes_AS_STRING(object.ptr()) : PyByteArray_AS_STRING(object.ptr()),
            length);
  return object;
}

}  // namespace

py::object receive_call_body(FrameStream& frames, size_t size) {
  Rest rest(frames, size);
  struct {
    uint32_t format;
    uint32_t count;
    uint64_t pickle;
  } prefix{};
  static_assert(sizeof prefix == kPrefix);
  rest.take(&prefix, kPrefix);
  if (prefix.format != kCallFormat || prefix.count > rest.left() / sizeof(uint64_t)) {
    throw ProtocolError("the body of a call has a prefix that it cannot have");
  }
  std::vector<uint64_t> lengths(prefix.count);
  rest.take(lengths.data(), lengths.size() * sizeof(uint64_t));
  const py::object pickle = take_object(rest, prefix.pickle, true);
  py::list buffers;
  for (const uint64_t marked : lengths) {
    buffers.append(take_object(rest, marked & ~kIsBytes, (marked & kIsBytes) != 0));
  }
  if (rest.left() > 0) {
    throw ProtocolError("the body of a call is longer than its lengths say");
  }
  return py::make_tuple(pickle, buffers);
}

}  // namespace orthanc_runtime
