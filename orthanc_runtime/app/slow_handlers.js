// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Handlers that keep Orthanc's own interpreter busy: candidates for @offload.
import { element, setText } from "./element.js";
import { count, duration } from "./format.js";

const COLUMNS = ["Route", "Calls", "Longest", "In total"];

export class SlowHandlers {
  constructor(place) {
    this.place = place;
    this.shown = "";
  }

  update(handlers) {
    const now = JSON.stringify(handlers);
    if (now === this.shown) {
      return;
    }
    this.shown = now;
    this.place.replaceChildren(...(handlers.length ? [card(handlers)] : []));
  }
}

function card(handlers) {
  const row = (tag, cells) =>
    element(
      "tr",
      {},
      ...cells.map((text, i) => {
        const cell = element(tag, { class: i ? "number" : tag === "td" ? "what" : null });
        setText(cell, text);
        return cell;
      }),
    );
  return element(
    "section",
    { class: "card" },
    element(
      "div",
      { class: "card-head" },
      element("h3", {}, "Slow handlers in Orthanc itself"),
      element("p", { class: "muted" }, "While one of them computes, all other Python waits."),
    ),
    element(
      "table",
      { "aria-label": "Slow handlers in Orthanc itself" },
      element("thead", {}, row("th", COLUMNS)),
      element(
        "tbody",
        {},
        ...handlers.map((handler) =>
          row("td", [
            handler.Route,
            count(handler.Count),
            duration(handler.LongestSeconds),
            duration(handler.TotalSeconds),
          ]),
        ),
      ),
    ),
  );
}
