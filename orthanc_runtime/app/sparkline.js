// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A line of the last two minutes without axes; the present is at the right.
import { setAttribute, shape } from "./element.js";
import { SPAN } from "./history.js";

const WIDTH = 200;
const HEIGHT = 34;

function runs(points) {
  const found = [[]];
  for (const point of points) {
    if (point.value === null) {
      found.push([]);
    } else {
      found.at(-1).push(point);
    }
  }
  return found.filter((run) => run.length > 0);
}

export class Sparkline {
  constructor() {
    this.area = shape("path", { class: "area" });
    this.line = shape("path", { class: "line" });
    this.second = shape("path", { class: "second" });
    this.node = shape(
      "svg",
      {
        class: "spark",
        role: "img",
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: "none",
      },
      shape("line", { class: "base", x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }),
      this.area,
      this.second,
      this.line,
    );
  }

  /** Series as History makes them; both share a scale from 0 to the highest value, or `top`. */
  draw(label, points, second = [], top = 0) {
    const end = points.at(-1)?.time ?? 0;
    const values = [...points, ...second].map((point) => point.value ?? 0);
    const highest = Math.max(top, ...values, 1e-9);
    const place = ({ time, value }) => {
      const x = WIDTH - ((end - time) / SPAN) * WIDTH;
      return `${x.toFixed(1)} ${(HEIGHT - (value / highest) * (HEIGHT - 2)).toFixed(1)}`;
    };
    const path = (run) => `M${run.map(place).join("L")}`;
    const closed = (run) => {
      const [left, right] = [run[0], run.at(-1)].map((point) => place({ ...point, value: 0 }));
      return `${path(run)}L${right}L${left}Z`;
    };
    setAttribute(this.line, "d", runs(points).map(path).join(""));
    setAttribute(this.second, "d", runs(second).map(path).join(""));
    setAttribute(this.area, "d", runs(points).map(closed).join(""));
    setAttribute(this.node, "aria-label", label);
  }
}
