// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How long the tasks took: in the last minute, or since the start.
import { element, setText } from "./element.js";
import { count, duration } from "./format.js";
import { Histogram } from "./histogram.js";
import { quantile } from "./quantile.js";

const PARTS = [0.5, 0.95, 0.99];

export class DurationsCard {
  constructor() {
    this.histogram = new Histogram();
    this.recent = true;
    this.choices = [
      [true, "Last minute"],
      [false, "Since start"],
    ].map(([recent, name]) => ({ recent, node: this.choice(recent, name) }));
    this.number = element("dd");
    this.quantiles = PARTS.map(() => element("dd"));
    const figure = (name, value) => element("div", {}, element("dt", {}, name), value);
    this.node = element(
      "section",
      { class: "card" },
      element(
        "div",
        { class: "card-head" },
        element("h3", {}, "Latency"),
        element(
          "div",
          { class: "segments", role: "group", "aria-label": "Tasks of" },
          ...this.choices.map((choice) => choice.node),
        ),
      ),
      this.histogram.node,
      element(
        "dl",
        { class: "figures" },
        figure("tasks", this.number),
        ...PARTS.map((part, i) => figure(`p${part * 100}`, this.quantiles[i])),
      ),
    );
    this.mark();
  }

  choice(recent, name) {
    const onclick = () => {
      this.recent = recent;
      this.mark();
      if (this.last) {
        this.update(...this.last);
      }
    };
    return element("button", { type: "button", onclick }, name);
  }

  mark() {
    for (const { recent, node } of this.choices) {
      node.setAttribute("aria-pressed", recent === this.recent);
    }
  }

  update(pool, history) {
    this.last = [pool, history];
    const buckets = this.recent ? history.recent(60) : pool.Durations.Buckets;
    this.histogram.draw(buckets);
    setText(this.number, count(buckets.reduce((sum, bucket) => sum + bucket.Count, 0)));
    PARTS.forEach((part, i) => setText(this.quantiles[i], duration(quantile(buckets, part))));
  }
}
