// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A closed loop of requests: each client sends its next one after each answer.
import { ENDS } from "./bucket_ends.js";

// After an error, so that a server that is down is not asked thousands of times.
const AFTER_ERROR = 200;

export class LoadRun {
  constructor(url, clients, seconds) {
    Object.assign(this, { url, clients, seconds });
    this.times = []; // seconds, of answers below 400
    this.endings = new Map(); // how many of each status or error
    this.stopping = new AbortController();
    this.begun = performance.now();
    this.took = 0;
  }

  /** Until the time is up, or `stop`. */
  async run() {
    const timer = setTimeout(() => this.stop(), this.seconds * 1000);
    await Promise.all(Array.from({ length: this.clients }, () => this.client()));
    clearTimeout(timer);
    this.took = this.elapsed;
  }

  stop() {
    this.took = this.elapsed;
    this.stopping.abort();
  }

  get elapsed() {
    return this.took || (performance.now() - this.begun) / 1000;
  }

  async client() {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const begun = performance.now();
      try {
        const answer = await fetch(this.url, { cache: "no-store", signal });
        await answer.arrayBuffer();
        this.add(String(answer.status));
        if (answer.ok) {
          this.times.push((performance.now() - begun) / 1000);
        }
      } catch {
        if (!signal.aborted) {
          this.add("no answer");
          await new Promise((resolve) => setTimeout(resolve, AFTER_ERROR));
        }
      }
    }
  }

  add(ending) {
    this.endings.set(ending, (this.endings.get(ending) ?? 0) + 1);
  }

  get perSecond() {
    return this.times.length / Math.max(this.elapsed, 0.001);
  }

  /** The nearest rank of each; null without any answer. */
  quantiles(parts) {
    const sorted = Float64Array.from(this.times).sort();
    return parts.map((part) => sorted[Math.max(Math.ceil(part * sorted.length) - 1, 0)] ?? null);
  }

  get buckets() {
    const counts = ENDS.map((UpTo) => ({ UpTo, Count: 0 }));
    for (const time of this.times) {
      counts.find(({ UpTo }) => UpTo === null || time <= UpTo).Count += 1;
    }
    return counts;
  }
}
