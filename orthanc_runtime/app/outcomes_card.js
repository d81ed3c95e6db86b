// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How tasks have ended since the start, with the part that each ending has.
import { element, follow, setAttribute, setText, shape } from "./element.js";
import { count } from "./format.js";

export class OutcomesCard {
  constructor() {
    this.list = element("dl", { class: "outcomes" });
    this.node = element(
      "section",
      { class: "card" },
      element("div", { class: "card-head" }, element("h3", {}, "Outcomes since the start")),
      this.list,
    );
  }

  update(tasks) {
    const total = Math.max(1, Object.values(tasks).reduce((sum, number) => sum + number, 0));
    const some = Object.entries(tasks).filter(([name, number]) => number > 0 || name === "answered");
    follow(
      this.list,
      some.map(([name, number]) => ({ name, number, part: number / total })),
      ({ name }) => name,
      ({ name }) => line(name),
    );
  }
}

function line(name) {
  const number = element("dd");
  const bar = shape("rect", { height: 8 });
  const node = element(
    "div",
    { "data-outcome": name },
    element("dt", {}, name),
    shape("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, bar),
    number,
  );
  return {
    node,
    update: (outcome) => {
      setText(number, count(outcome.number));
      setAttribute(bar, "width", (outcome.number ? Math.max(100 * outcome.part, 1) : 0).toFixed(1));
    },
  };
}
