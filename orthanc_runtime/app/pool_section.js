// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Everything about one pool of workers.
import { element, setAttribute, setText } from "./element.js";
import { DurationsCard } from "./durations_card.js";
import { FailuresTable } from "./failures_table.js";
import { History } from "./history.js";
import { Tiles } from "./tiles.js";
import { WorkersTable } from "./workers_table.js";
import { count } from "./format.js";

export class PoolSection {
  constructor(name, operations) {
    this.history = new History();
    this.state = element("span", { class: "state" });
    this.about = element("span", { class: "muted" });
    this.broken = element("p", { class: "message", "data-kind": "bad" });
    this.tiles = new Tiles();
    this.workers = new WorkersTable((worker) => operations.recycleWorker(worker));
    this.outcomes = element("p", { class: "muted" });
    this.durations = new DurationsCard();
    this.failures = new FailuresTable();
    const title = element("h2", { id: `pool-${name}` }, `Pool ${name}`);
    this.node = element(
      "section",
      { class: "pool", "aria-labelledby": title.id },
      element("div", { class: "pool-head" }, title, this.state, this.about),
      this.broken,
      this.tiles.node,
      element(
        "div",
        { class: "columns" },
        element(
          "section",
          { class: "card" },
          element(
            "div",
            { class: "card-head" },
            element("h3", {}, "Workers"),
            this.outcomes,
          ),
          this.workers.node,
        ),
        this.durations.node,
        this.failures.node,
      ),
    );
  }

  update({ pool, time }) {
    this.history.add(time, pool);
    setText(this.state, pool.State);
    setAttribute(this.state, "data-state", pool.State);
    setText(this.about, `generation ${pool.Generation}`);
    setText(this.broken, pool.Broken ?? "");
    this.tiles.update(pool, this.history);
    this.workers.update(pool.Workers, this.history.samples);
    setText(this.outcomes, outcomes(pool.Tasks));
    this.durations.update(pool, this.history);
    this.failures.update(pool.LastFailures);
  }
}

function outcomes(tasks) {
  const some = Object.entries(tasks).filter(([name, number]) => number > 0 || name === "answered");
  return some.map(([name, number]) => `${count(number)} ${name}`).join(" · ");
}
