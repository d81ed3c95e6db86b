// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// One row per worker: what it is, what it runs, and how to have it replaced.
import { element, follow, setAttribute, setText } from "./element.js";
import { age, count, memory } from "./format.js";
import { Strip } from "./strip.js";

const COLUMNS = [
  ["Worker", ""],
  ["Runs", "runs"],
  ["Last 2 min", ""],
  ["Tasks", "number"],
  ["Memory", "number"],
  ["Age", "number"],
];

function runningTask() {
  const what = element("code");
  const since = element("span", { class: "muted" });
  const node = element("div", {}, what, " ", since);
  return {
    node,
    update: (task) => {
      setText(what, task.What);
      setText(since, age(task.Age));
    },
  };
}

export class WorkersTable {
  /** `recycle(worker)` is called when its button is pressed. */
  constructor(recycle) {
    this.recycle = recycle;
    this.body = element("tbody", { role: "rowgroup" });
    const heads = COLUMNS.map(([name, kind]) =>
      element("th", { role: "columnheader", scope: "col", class: kind }, name),
    );
    this.node = element(
      "table",
      { role: "table", class: "workers", "aria-label": "Workers" },
      element(
        "thead",
        { role: "rowgroup" },
        element(
          "tr",
          { role: "row" },
          ...heads,
          element(
            "th",
            { role: "columnheader", scope: "col" },
            element("span", { class: "unseen" }, "Actions"),
          ),
        ),
      ),
      this.body,
    );
  }

  update(workers, samples) {
    follow(
      this.body,
      workers.map((worker) => ({ worker, samples })),
      ({ worker }) => worker.Pid,
      ({ worker }) => this.row(worker),
    );
  }

  row(first) {
    const cell = (kind, label, ...children) =>
      element("td", { role: "cell", class: kind, "data-label": label }, ...children);
    const state = element("span", { class: "state" });
    const name = element("span", { class: "muted" }, `${first.Index} · pid ${first.Pid}`);
    const runs = cell("runs what");
    const strip = new Strip();
    const [tasks, bytes, since] = [
      cell("number", "Tasks"),
      cell("number", "Memory"),
      cell("number", "Age"),
    ];
    const button = element(
      "button",
      {
        type: "button",
        class: "small",
        "aria-label": `Recycle worker ${first.Index}, pid ${first.Pid}`,
        onclick: () => this.recycle(first),
      },
      "Recycle",
    );
    const node = element(
      "tr",
      { role: "row" },
      cell("who tight", null, state, element("br"), name),
      runs,
      cell("lately", null, strip.node),
      tasks,
      bytes,
      since,
      cell("action number", null, button),
    );
    return {
      node,
      update: ({ worker, samples }) => {
        setText(state, worker.State);
        setAttribute(state, "data-state", worker.State);
        follow(runs, worker.Running, (task) => task.Task, runningTask);
        setText(tasks, count(worker.Tasks));
        setText(bytes, memory(worker.Memory));
        setText(since, age(worker.Age));
        strip.draw(samples, worker.Pid);
        button.disabled = !["idle", "busy"].includes(worker.State);
      },
    };
  }
}
