// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// A load test of one route, from this browser.
import { element, follow, setAttribute, setText } from "./element.js";
import { count, duration, rate } from "./format.js";
import { Histogram } from "./histogram.js";
import { LoadRun } from "./load_run.js";

const ROOT = new URL("../../", location.href);
const REDRAW = 500;
const KEPT = 8;
// A browser has six connections to a server; the status needs one.
const CLIENTS = [1, 2, 3, 4, 5];
const SECONDS = [5, 10, 30];
const COLUMNS = [
  ["Route", "full what"], ["Clients", "number"], ["Answers/s", "number"], ["Speed-up", "number"],
  ["p50", "number"], ["p99", "number"], ["Statuses", ""],
];

function options(values, chosen, name) {
  return values.map((value) =>
    element("option", { value, selected: value === chosen ? "" : null }, name(value)),
  );
}

export class LoadPanel {
  constructor(place, say) {
    this.say = say;
    this.runs = [];
    this.current = null;
    this.route = element("input", {
      id: "load-route", list: "load-routes", required: "", autocomplete: "off", spellcheck: "false",
      placeholder: "/path?argument=value",
    });
    this.routes = element("datalist", { id: "load-routes" });
    this.clients = element("select", { id: "load-clients" }, ...options(CLIENTS, 4, String));
    this.seconds = element("select", { id: "load-seconds" }, ...options(SECONDS, 5, (s) => `${s} s`));
    this.button = element("button", { class: "primary", id: "load-start" }, "Start");
    this.histogram = new Histogram();
    this.results = element("tbody", { role: "rowgroup" });
    this.command = element("code");
    this.outcome = element("div", { class: "columns load-results", hidden: "" }, this.table(),
      element("div", { class: "card" }, element("div", { class: "card-head" },
        element("h3", {}, "Latency, as the browser sees it")), this.histogram.node));
    this.route.addEventListener("input", () => this.route.setCustomValidity(""));
    place.append(this.section());
    this.describe();
  }

  section() {
    const field = (name, input, kind) => element("label", { class: kind }, name, input);
    const form = element(
      "form",
      { class: "fields", onsubmit: (event) => this.submit(event) },
      field("Route, as GET", this.route, "grows"),
      this.routes,
      field("Clients", this.clients),
      field("Duration", this.seconds),
      this.button,
    );
    return element(
      "section",
      { class: "pool", "aria-labelledby": "load-title" },
      element("div", { class: "pool-head" }, element("h2", { id: "load-title" }, "Load test"),
        element("span", { class: "muted" }, "Real requests: they do what the route does.")),
      element("div", { class: "card" }, form,
        element("p", { class: "hint" }, "A browser has few connections. With more clients: ", this.command)),
      this.outcome,
    );
  }

  table() {

    return element("div", { class: "card" },
      element("div", { class: "card-head" }, element("h3", {}, "Results")),
      element("table", { role: "table", class: "results", "aria-label": "Results of the load tests" },
        element("thead", { role: "rowgroup" }, element("tr", { role: "row" },
          ...COLUMNS.map(([name, kind]) =>
            element("th", { role: "columnheader", scope: "col", class: kind }, name)))),
        this.results));
  }

  /** Suggests the routes that need no groups. */
  suggest(routes) {
    const plain = routes.filter(({ Pattern }) => /^\/[\w/.-]*$/.test(Pattern));
    plain.sort((a, b) => Number(b.Pool !== null) - Number(a.Pool !== null));
    this.routes.replaceChildren(...plain.map(({ Pattern, Pool }) =>
      element("option", { value: Pattern }, Pool === null ? "in Orthanc itself" : `pool ${Pool}`)));
    if (this.route.value === "" && plain.length > 0) {
      this.route.value = plain[0].Pattern;
      this.describe();
    }
  }

  /** The address of the route; null where it is none of this server. */
  target() {
    const url = new URL(this.route.value.trim().replace(/^\/+/, ""), ROOT);
    return url.href.startsWith(ROOT.href) ? url : null;
  }

  describe() {
    const url = this.target() ?? new URL("path", ROOT);
    setText(this.command, `orthanc-runtime load --concurrency 1,2,4,8,16 '${url.href.replaceAll("'", "%27")}'`);
  }

  async submit(event) {
    event.preventDefault();
    if (this.current) {
      this.current.stop();
      return;
    }
    const url = this.target();
    if (!url) {
      this.route.setCustomValidity("A path of this Orthanc");
      this.route.reportValidity();
      return;
    }
    this.describe();
    await this.measure(new LoadRun(url, Number(this.clients.value), Number(this.seconds.value)));
  }

  async measure(run) {
    this.current = run;
    run.number = (this.runs[0]?.number ?? 0) + 1;
    this.runs = [run, ...this.runs].slice(0, KEPT);
    this.outcome.hidden = false;
    setText(this.button, "Stop");
    const timer = setInterval(() => this.draw(), REDRAW);
    await run.run();
    clearInterval(timer);
    this.current = null;
    setText(this.button, "Start");
    this.draw();
    const [p50] = run.quantiles([0.5]);
    this.say(`Load test has ended: ${rate(run.perSecond)} answers per second, p50 ${duration(p50)}`);
  }

  draw() {
    follow(this.results, this.runs.map((run) => ({ run, runs: this.runs })), ({ run }) => run.number, row);
    this.histogram.draw(this.runs[0].buckets);
  }
}

/** Against the same route with the fewest clients. */
function speedUp(run, runs) {
  const same = runs.filter((other) => other.url.href === run.url.href);
  const least = same.reduce((a, b) => (b.clients < a.clients ? b : a));
  return least.clients < run.clients && least.perSecond > 0
    ? `${(run.perSecond / least.perSecond).toFixed(1)} ×`
    : "–";
}

function row() {
  const cells = COLUMNS.map(([name, kind], i) =>
    element("td", { role: "cell", class: kind, "data-label": i > 0 ? name : null }));
  const node = element("tr", { role: "row" }, ...cells);
  return {
    node,
    update: ({ run, runs }) => {
      const endings = [...run.endings].map(([name, number]) => `${count(number)} × ${name}`);
      const path = run.url.href.slice(ROOT.href.length - 1);
      const texts = [path, String(run.clients), rate(run.perSecond), speedUp(run, runs),
        ...run.quantiles([0.5, 0.99]).map(duration), endings.join(", ") || "–"];
      cells.forEach((cell, i) => setText(cell, texts[i]));
      setAttribute(node, "data-running", run.took === 0);
    },
  };
}
