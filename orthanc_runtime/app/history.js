// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The last two minutes, from the counters of each answer.
import { difference, quantile } from "./quantile.js";

export const SPAN = 120; // seconds
const WINDOW = 10; // seconds that a quantile looks back
// A longer gap is one in which nobody asked.
const GAP = 5;

function ended(pool) {
  return pool.Durations.Count;
}

function failed(pool) {
  const { answered, ...others } = pool.Tasks;
  return Object.values(others).reduce((sum, count) => sum + count, 0);
}

/** Of one pool. Times are in seconds, of a clock that only goes forward. */
export class History {
  constructor() {
    this.samples = [];
  }

  add(time, pool) {
    const last = this.samples.at(-1);
    if (last && ended(pool) < last.ended) {
      this.samples = []; // Orthanc has begun anew
    }
    this.samples.push({
      time,
      ended: ended(pool),
      failed: failed(pool),
      buckets: pool.Durations.Buckets,
      waiting: pool.Queue.Waiting,
      busy: pool.Workers.filter((worker) => worker.State === "busy").length,
      memory: pool.Workers.reduce((sum, worker) => sum + worker.Memory, 0),
      states: new Map(pool.Workers.map((worker) => [worker.Pid, worker.State])),
    });
    while (this.samples[0].time < time - SPAN) {
      this.samples.shift();
    }
  }

  get now() {
    return this.samples.at(-1);
  }

  /** The sample that is the youngest one `seconds` old, else the oldest. */
  ago(seconds, time = this.now.time) {
    const older = this.samples.filter((sample) => sample.time <= time - seconds);
    return older.at(-1) ?? this.samples[0];
  }

  /** [{time, value}] of `of(sample, the one before)`; value is null where a line should break. */
  series(of) {
    return this.samples.map((sample, i) => {
      const before = this.samples[i - 1];
      const known = before && sample.time - before.time < GAP;
      return { time: sample.time, value: known ? of(sample, before) : null };
    });
  }

  throughput() {
    return this.series((a, b) => (a.ended - b.ended) / (a.time - b.time));
  }

  failures() {
    return this.series((a, b) => a.failed - b.failed);
  }

  latency(part) {
    return this.series((sample) =>
      quantile(difference(sample.buckets, this.ago(WINDOW, sample.time).buckets), part),
    );
  }

  /** Buckets of the last `seconds`. */
  recent(seconds) {
    return difference(this.now.buckets, this.ago(seconds).buckets);
  }

  failedWithin(seconds) {
    return this.now.failed - this.ago(seconds).failed;
  }
}
