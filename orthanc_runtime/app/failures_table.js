// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The tasks that failed last.
import { element, follow } from "./element.js";
import { clock } from "./format.js";

const SHOWN = 20;

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
          ...["Time", "Outcome", "What", "Reason", "Task"].map((name) =>
            element("th", { role: "columnheader", scope: "col" }, name),
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
    follow(
      this.body,
      failures.slice(0, SHOWN),
      (failure) => failure.Task + failure.Time,
      (failure) => ({ node: row(failure), update: () => {} }),
    );
  }
}

function row(failure) {
  const cell = (kind, text) => element("td", { role: "cell", class: kind }, text);
  const outcome = cell("tight outcome", failure.Outcome);
  outcome.setAttribute("data-outcome", failure.Outcome);
  return element(
    "tr",
    { role: "row" },
    element(
      "td",
      { role: "cell", class: "tight" },
      element("time", { datetime: failure.Time }, clock(failure.Time)),
    ),
    outcome,
    cell("full what", failure.What),
    element(
      "td",
      { role: "cell", class: "full" },
      element("div", { class: "reason", tabindex: "0" }, failure.Reason ?? "not told (HttpDescribeErrors)"),
    ),
    cell("tight muted", String(failure.Task)),
  );
}
