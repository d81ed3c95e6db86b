// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for the status each second, and says whether the server answers.

const EVERY = 1000;
const PATIENCE = 5000;

export class Poller {
  /** `show(status)` is called for each answer, `tell(state, text)` for what becomes of asking. */
  constructor(url, show, tell) {
    this.url = url;
    this.show = show;
    this.tell = tell;
    this.paused = false;
    this.answered = null;
    this.timer = null;
    this.asking = false;
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  pause(paused) {
    this.paused = paused;
    if (paused) {
      this.tell("paused", "Paused");
    }
    this.now();
  }

  /** Asks at once, unless an answer is under way. */
  now() {
    clearTimeout(this.timer);
    if (!this.asking && !this.paused && !document.hidden) {
      this.ask();
    }
  }

  async ask() {
    this.asking = true;
    const begun = performance.now();
    try {
      await this.askOnce();
    } finally {
      this.asking = false;
    }
    if (!this.paused) {
      const left = EVERY - (performance.now() - begun);
      this.timer = setTimeout(() => this.now(), Math.max(left, 50));
    }
  }

  async askOnce() {
    let answer;
    try {
      answer = await fetch(this.url, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (answer.status === 401 || answer.status === 403) {
        this.tell("refused", `You may not see the status (${answer.status})`);
        return;
      }
      if (!answer.ok) {
        throw new Error(`status ${answer.status}`);
      }
      const status = await answer.json();
      this.answered = Date.now();
      if (!this.paused) {
        this.tell("live", "Live");
        this.show(status);
      }
    } catch {
      if (this.paused) {
        return;
      }
      const since = this.answered === null ? "" : ` for ${this.silence()} s`;
      this.tell("lost", `No answer${since}, trying again`);
    }
  }

  silence() {
    return Math.round((Date.now() - this.answered) / 1000);
  }
}
