// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// One message at a time, said to screen readers once. Good news leave by themselves.

const STAYS = 15000;

export class Toast {
  constructor() {
    this.box = document.getElementById("toast");
    this.text = document.getElementById("message");
    document.getElementById("dismiss").addEventListener("click", () => this.hide());
  }

  say(text, kind = "good") {
    clearTimeout(this.timer);
    this.box.dataset.kind = kind;
    this.box.hidden = false;
    this.text.textContent = text;
    if (kind === "good") {
      this.timer = setTimeout(() => this.hide(), STAYS);
    }
  }

  hide() {
    this.box.hidden = true;
    this.text.textContent = "";
  }
}
