// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The tasks that failed last; those of one kind share a row, so that a storm hides no other.
import { element, follow, setAttribute, setText } from "./element.js";
import { clock, count } from "./format.js";

const COLUMNS = [
  ["Last", ""],
  ["Outcome", ""],
  ["Times", "number"],
  ["What", ""],
  ["Reason of the last one", ""],
  ["Task", "number"],
];

/** The last one of each kind, with how many there were; the server lists the last one first. */
export function kinds(failures) {
  const found = new Map();
  for (const failure of failures) {
    const kind = `${failure.Outcome} ${failure.What}`;
    const known = found.get(kind);
    if (known) {
      known.times += 1;
    } else {
      found.set(kind, { kind, last: failure, times: 1 });
    }
  }
  return [...found.values()];
}

export class FailuresTable {
  constructor() {
    this.body = element("tbody", { role: "rowgroup" });
    this.table = element(
      "table",
      { role: "table", class: "failures", "aria-label": "Last failures" },
      element(
        "thead",
        { role: "rowgroup" },
        element(
          "tr",
          { role: "row" },
          ...COLUMNS.map(([name, kind]) =>
            element("th", { role: "columnheader", scope: "col", class: kind }, name),
          ),
        ),
      ),
      this.body,
    );
    this.none = element("p", { class: "empty" }, "No task has failed.");
    this.node = element(
      "section",
      { class: "card wide" },
      element("div", { class: "card-head" }, element("h3", {}, "Last failures")),
      this.none,
      this.table,
    );
  }

  update(failures) {
    this.none.hidden = failures.length > 0;
    this.table.hidden = failures.length === 0;
    follow(this.body, kinds(failures), ({ kind }) => kind, row);
  }
}

function row() {
  const cell = (kind, ...children) => element("td", { role: "cell", class: kind }, ...children);
  const time = element("time");
  const outcome = cell("tight outcome");
  const times = cell("number");
  const what = cell("full what");
  const reason = element("div", { class: "reason", role: "group", tabindex: "0", "aria-label": "Reason" });
  const task = cell("number muted");
  const node = element(
    "tr",
    { role: "row" },
    cell("tight", time),
    outcome,
    times,
    what,
    cell("full", reason),
    task,
  );
  return {
    node,
    update: ({ last, times: number }) => {
      setText(time, clock(last.Time));
      setAttribute(time, "datetime", last.Time);
      setText(outcome, last.Outcome);
      setText(times, count(number));
      setText(what, last.What);
      setText(reason, last.Reason ?? "not told (HttpDescribeErrors)");
      setText(task, String(last.Task));
    },
  };
}
