// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Durations by bucket, with the marks of p50 and p99.
import { setAttribute, setText, shape } from "./element.js";
import { count, duration } from "./format.js";
import { quantile } from "./quantile.js";

const WIDTH = 510;
const TOP = 26;
const HEIGHT = 150;
const BASE = TOP + HEIGHT;

function edge(bucket) {
  return bucket.UpTo === null ? "more" : duration(bucket.UpTo).replace(/\.0+ |(\.\d)0 /, "$1 ");
}

function short(bucket) {
  return edge(bucket).replace(" ", "");
}

export class Histogram {
  constructor() {
    this.bars = [];
    this.marks = [0.5, 0.99].map((part, i) => ({
      part,
      line: shape("line", { class: "mark", y1: 12, y2: BASE }),
      name: shape("text", { class: "mark-name", y: i === 0 ? 9 : 9 }),
    }));
    this.node = shape("svg", {
      class: "histogram",
      role: "img",
      viewBox: `0 0 ${WIDTH} ${BASE + 18}`,
    });
  }

  prepare(buckets) {
    const step = WIDTH / buckets.length;
    this.step = step;
    this.bars = buckets.map((bucket, i) => {
      const bar = shape("rect", { x: i * step + 2, width: step - 4, y: BASE, height: 0 });
      const number = shape("text", { class: "count", x: (i + 0.5) * step });
      const title = shape("title");
      bar.append(title);
      const label = shape("text", { x: (i + 1) * step, y: BASE + 14 });
      if (i % 3 === 0) {
        label.textContent = short(bucket);
      }
      this.node.append(bar, number, label);
      return { bar, number, title };
    });
    this.node.append(shape("line", { class: "base", x1: 0, x2: WIDTH, y1: BASE, y2: BASE }));
    for (const mark of this.marks) {
      this.node.append(mark.line, mark.name);
    }
  }

  draw(buckets) {
    if (this.bars.length !== buckets.length) {
      this.node.replaceChildren();
      this.prepare(buckets);
    }
    const highest = Math.max(1, ...buckets.map((bucket) => bucket.Count));
    buckets.forEach((bucket, i) => {
      const { bar, number, title } = this.bars[i];
      const height = bucket.Count ? Math.max((bucket.Count / highest) * HEIGHT, 2) : 0;
      setAttribute(bar, "y", (BASE - height).toFixed(1));
      setAttribute(bar, "height", height.toFixed(1));
      setText(title, `${count(bucket.Count)} up to ${edge(bucket)}`);
    });
    for (const mark of this.marks) {
      this.place(mark, quantile(buckets, mark.part), buckets);
    }
    setAttribute(this.node, "aria-label", this.summary(buckets));
  }

  place({ part, line, name }, seconds, buckets) {
    line.setAttribute("visibility", seconds === null ? "hidden" : "visible");
    if (seconds === null) {
      setText(name, "");
      return;
    }
    const i = buckets.findIndex((bucket) => bucket.UpTo === null || seconds <= bucket.UpTo);
    const from = i > 0 ? buckets[i - 1].UpTo : 0;
    const within = buckets[i].UpTo === null ? 0 : (seconds - from) / (buckets[i].UpTo - from);
    const x = (i + within) * this.step;
    setAttribute(line, "x1", x.toFixed(1));
    setAttribute(line, "x2", x.toFixed(1));
    setAttribute(name, "x", x.toFixed(1));
    setText(name, `p${part * 100}`);
  }

  summary(buckets) {
    const some = buckets.filter((bucket) => bucket.Count > 0);
    return some.length === 0
      ? "Histogram of durations: none yet"
      : `Histogram of durations: ${some
          .map((bucket) => `${count(bucket.Count)} up to ${edge(bucket)}`)
          .join(", ")}`;
  }
}
