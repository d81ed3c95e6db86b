// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of a pool at a glance, each with its last two minutes.
import { element, setAttribute, setText } from "./element.js";
import { count, durationParts, duration, memoryParts, rate } from "./format.js";
import { Sparkline } from "./sparkline.js";

class Tile {
  constructor(title) {
    this.value = element("span");
    this.unit = element("span", { class: "unit" });
    this.note = element("p", { class: "note" });
    this.line = new Sparkline();
    this.node = element(
      "div",
      { class: "card tile" },
      element("h3", {}, title),
      element("p", { class: "value" }, this.value, " ", this.unit),
      this.note,
      this.line.node,
    );
    this.title = title;
  }

  show([value, unit], note, points, second = [], top = 0) {
    setText(this.value, value);
    setText(this.unit, unit);
    setText(this.note, note);
    this.line.draw(`${this.title}, the last two minutes`, points, second, top);
  }
}

function latest(points) {
  return points.findLast((point) => point.value !== null)?.value ?? null;
}

function highest(points) {
  return Math.max(0, ...points.map((point) => point.value ?? 0));
}

export class Tiles {
  constructor() {
    this.throughput = new Tile("Throughput");
    this.latency = new Tile("Latency, p50");
    this.busy = new Tile("Busy workers");
    this.waiting = new Tile("Waiting");
    this.failures = new Tile("Failures, last minute");
    this.memory = new Tile("Memory of workers");
    this.all = [this.throughput, this.latency, this.busy, this.waiting, this.failures, this.memory];
    this.node = element("div", { class: "tiles" }, ...this.all.map((tile) => tile.node));
  }

  update(pool, history) {
    const { now } = history;
    const throughput = history.throughput();
    this.throughput.show(
      [rate(latest(throughput) ?? 0), "/s"],
      `highest ${rate(highest(throughput))} /s`,
      throughput,
    );
    const [p50, p99] = [history.latency(0.5), history.latency(0.99)];
    this.latency.show(
      durationParts(p50.at(-1).value),
      `p99 ${duration(p99.at(-1).value)}, dashed`,
      p50,
      p99,
    );
    const places = pool.Count * pool.Concurrency;
    this.busy.show(
      [`${now.busy}`, `of ${pool.Count}`],
      pool.Concurrency > 1 ? `${places} tasks at once` : "",
      history.series((sample) => sample.busy),
      [],
      pool.Count,
    );
    this.waiting.show(
      [count(now.waiting), ""],
      `${count(pool.Queue.Admitted)} of ${count(pool.Queue.MaximumAdmitted)} admitted`,
      history.series((sample) => sample.waiting),
    );
    const failed = history.failedWithin(60);
    this.failures.show([count(failed), ""], `${count(now.failed)} since the start`, history.failures());
    setAttribute(this.failures.node, "data-alert", failed > 0);
    this.memory.show(
      memoryParts(now.memory),
      `highest ${memoryParts(highest(history.series((sample) => sample.memory))).join(" ")}`,
      history.series((sample) => sample.memory),
    );
  }
}
