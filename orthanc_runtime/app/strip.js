// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What one worker was doing in the last two minutes, as a strip of colours.
import { setAttribute, shape } from "./element.js";
import { SPAN } from "./history.js";

const STATES = ["idle", "busy", "starting", "draining", "killing", "exited"];

export class Strip {
  constructor() {
    this.paths = STATES.map((state) => shape("path", { class: state }));
    this.node = shape(
      "svg",
      { class: "strip", viewBox: `0 0 ${SPAN} 16`, preserveAspectRatio: "none", role: "img" },
      ...this.paths,
    );
  }

  draw(samples, pid) {
    const end = samples.at(-1).time;
    const drawn = new Map(STATES.map((state) => [state, ""]));
    let busy = 0;
    let known = 0;
    samples.forEach((sample, i) => {
      const state = sample.states.get(pid);
      if (state === undefined) {
        return;
      }
      known += 1;
      busy += state === "busy" ? 1 : 0;
      const from = SPAN - (end - sample.time) - 1;
      const to = SPAN - (end - (samples[i + 1]?.time ?? end)) - 1;
      const width = Math.min(Math.max(to - from, 1), 2);
      drawn.set(state, `${drawn.get(state)}M${from.toFixed(1)} 0h${width.toFixed(1)}v16h-${width.toFixed(1)}z`);
    });
    STATES.forEach((state, i) => setAttribute(this.paths[i], "d", drawn.get(state)));
    const part = known ? Math.round((100 * busy) / known) : 0;
    setAttribute(this.node, "aria-label", `busy ${part} % of the last two minutes`);
  }
}
