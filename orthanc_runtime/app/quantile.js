// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a histogram tells about durations. Buckets as in the status: {UpTo, Count}, not cumulative.

/** Seconds below which a part of the durations lies, straight within a bucket; null without any. */
export function quantile(buckets, part) {
  const total = buckets.reduce((sum, bucket) => sum + bucket.Count, 0);
  if (total === 0) {
    return null;
  }
  let before = 0;
  let from = 0;
  for (const { UpTo, Count } of buckets) {
    if (Count > 0 && before + Count >= part * total) {
      return UpTo === null ? from : from + ((UpTo - from) * (part * total - before)) / Count;
    }
    before += Count;
    from = UpTo ?? from;
  }
  return from;
}

export function difference(now, before) {
  return now.map((bucket, i) => ({ UpTo: bucket.UpTo, Count: bucket.Count - before[i].Count }));
}
