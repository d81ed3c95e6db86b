// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Everything about one pool of workers.
import { element, setAttribute, setText } from "./element.js";
import { DurationsCard } from "./durations_card.js";
import { FailuresTable } from "./failures_table.js";
import { History } from "./history.js";
import { OutcomesCard } from "./outcomes_card.js";
import { Tiles } from "./tiles.js";
import { WorkersTable } from "./workers_table.js";

export class PoolSection {
  constructor(name, operations) {
    this.history = new History();
    this.state = element("span", { class: "state" });
    this.missing = element("span", { class: "bad" });
    this.about = element("span", { class: "muted" });
    this.broken = element("p", { class: "message", "data-kind": "bad" });
    this.tiles = new Tiles();
    this.workers = new WorkersTable((worker) => operations.recycleWorker(worker));
    this.outcomes = new OutcomesCard();
    this.durations = new DurationsCard();
    this.failures = new FailuresTable();
    const title = element("h2", { id: `pool-${name}` }, `Pool ${name}`);
    this.node = element(
      "section",
      { class: "pool", "aria-labelledby": title.id },
      element("div", { class: "pool-head" }, title, this.state, this.missing, this.about),
      this.broken,
      this.tiles.node,
      element(
        "div",
        { class: "columns" },
        element(
          "section",
          { class: "card" },
          element("div", { class: "card-head" }, element("h3", {}, "Workers")),
          this.workers.node,
        ),
        element("div", { class: "stack" }, this.durations.node, this.outcomes.node),
        this.failures.node,
      ),
    );
  }

  update({ pool, time }) {
    this.history.add(time, pool);
    setText(this.state, pool.State);
    setAttribute(this.state, "data-state", pool.State);
    const living = pool.Workers.filter((worker) => ["idle", "busy"].includes(worker.State)).length;
    setText(this.missing, living < pool.Count ? `${living} of ${pool.Count} workers` : "");
    setText(this.about, `generation ${pool.Generation}`);
    setText(this.broken, pool.Broken ?? "");
    this.tiles.update(pool, this.history);
    this.workers.update(pool.Workers, this.history.samples);
    this.outcomes.update(pool.Tasks);
    this.durations.update(pool, this.history);
    this.failures.update(pool.LastFailures);
  }
}
