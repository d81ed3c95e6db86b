// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Durations by bucket, with the marks of p50 and p99.
import { DurationScale, spans } from "./duration_scale.js";
import { setAttribute, setText, shape } from "./element.js";
import { count, edge } from "./format.js";
import { quantile } from "./quantile.js";

const TOP = 18;
const HEIGHT = 134;
const BASE = TOP + HEIGHT;
const MARKS = [0.5, 0.99];
const ROOM_FOR_NAME = 34;

export class Histogram {
  constructor() {
    this.key = "";
    this.bars = [];
    this.node = shape("svg", { class: "histogram", role: "img", height: BASE + 18 });
  }

  /** One unit of the drawing is one pixel, so that letters keep their size. */
  prepare(shown, scale) {
    this.key = scale.key;
    this.node.setAttribute("viewBox", `0 0 ${scale.width} ${BASE + 18}`);
    this.bars = shown.map((span) => {
      if (!scale.has(span)) {
        return null;
      }
      const [x, end] = [scale.x(span.from), scale.x(span.to)];
      const title = shape("title");
      const bar = shape("rect", { x: x + 0.5, width: Math.max(end - x - 1, 1) }, title);
      return { bar, title };
    });
    const labels = scale.labels.map(({ seconds, name }) => axisLabel(scale, seconds, name));
    this.marks = MARKS.map((part) => ({
      line: shape("line", { class: "mark", y1: 13, y2: BASE }),
      name: shape("text", { class: "mark-name", y: 10 }, `p${part * 100}`),
    }));
    this.node.replaceChildren(
      shape("line", { class: "base", x1: 0, x2: scale.width, y1: BASE, y2: BASE }),
      ...labels.flat(),
      ...this.bars.filter(Boolean).map(({ bar }) => bar),
      ...this.marks.flatMap(({ line, name }) => [line, name]),
    );
  }

  draw(buckets) {
    const shown = spans(buckets);
    const scale = new DurationScale(shown, this.node.clientWidth || 400);
    if (scale.key !== this.key) {
      this.prepare(shown, scale);
    }
    const highest = Math.max(1, ...shown.map((span) => span.count));
    shown.forEach((span, i) => {
      if (this.bars[i]) {
        const { bar, title } = this.bars[i];
        const height = span.count ? Math.max((span.count / highest) * HEIGHT, 2) : 0;
        setAttribute(bar, "y", (BASE - height).toFixed(1));
        setAttribute(bar, "height", height.toFixed(1));
        setText(title, told(span));
      }
    });
    this.place(scale, MARKS.map((part) => quantile(buckets, part)));
    const some = shown.filter((span) => span.count > 0).map(told);
    setAttribute(this.node, "aria-label", `Histogram of durations. ${some.join(", ") || "None yet"}`);
  }

  place(scale, quantiles) {
    const known = quantiles[0] !== null;
    const places = quantiles.map((seconds) => (known ? Math.max(scale.x(seconds), 0) : 0));
    const close = places[1] - places[0] < ROOM_FOR_NAME;
    this.marks.forEach(({ line, name }, i) => {
      for (const node of [line, name]) {
        setAttribute(node, "visibility", known ? "visible" : "hidden");
      }
      for (const [node, attribute] of [[line, "x1"], [line, "x2"], [name, "x"]]) {
        setAttribute(node, attribute, places[i].toFixed(1));
      }
      setAttribute(name, "data-side", close ? ["left", "right"][i] : "middle");
    });
  }
}

function axisLabel(scale, seconds, name) {
  const x = scale.x(seconds);
  const side = x < 1 ? "right" : x > scale.width - 1 ? "left" : "middle";
  return [
    shape("line", { class: "base", x1: x, x2: x, y1: BASE, y2: BASE + 4 }),
    shape("text", { x, y: BASE + 15, "data-side": side }, name),
  ];
}

function told({ count: number, from, to, open }) {
  return open ? `${count(number)} above ${edge(from)}` : `${count(number)} up to ${edge(to)}`;
}
