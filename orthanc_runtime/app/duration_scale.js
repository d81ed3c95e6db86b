// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A logarithmic axis of durations, over whole decades around what is to be shown.
import { edge } from "./format.js";

const NOTHING_YET = [-3, 1]; // 1 ms to 10 s
// Decades up to which there is room for labels between them.
const FEW = 2;

/** Buckets of the status, as {from, to, count}; the first and the last one are open. */
export function spans(buckets) {
  let from = buckets[0].UpTo * 0.8;
  return buckets.map(({ UpTo, Count }) => {
    const span = { from, to: UpTo ?? from * 1.25, count: Count, open: UpTo === null };
    from = UpTo;
    return span;
  });
}

export class DurationScale {
  constructor(shown, width) {
    const some = shown.filter((span) => span.count > 0);
    this.low = some.length ? Math.floor(Math.log10(some[0].from) + 1e-9) : NOTHING_YET[0];
    this.high = some.length ? Math.ceil(Math.log10(some.at(-1).to) - 1e-9) : NOTHING_YET[1];
    this.width = width;
  }

  get key() {
    return `${this.low} ${this.high} ${this.width}`;
  }

  x(seconds) {
    return ((Math.log10(seconds) - this.low) / (this.high - this.low)) * this.width;
  }

  has({ from, to }) {
    return to > 10 ** this.low * 1.0001 && from < 10 ** this.high * 0.9999;
  }

  /** [{seconds, name}]. */
  get labels() {
    const steps = this.high - this.low <= FEW ? [1, 2, 5] : [1];
    const found = [];
    for (let decade = this.low; decade <= this.high; decade += 1) {
      for (const step of decade === this.high ? [1] : steps) {
        const seconds = Number(`${step}e${decade}`);
        found.push({ seconds, name: edge(seconds) });
      }
    }
    return found;
  }
}
