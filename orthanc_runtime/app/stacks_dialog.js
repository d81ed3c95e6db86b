// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Python stacks of Orthanc and its workers, to read and to copy.

export class StacksDialog {
  constructor(operations, say) {
    this.operations = operations;
    this.dialog = document.querySelector("#stacks-dialog");
    this.text = document.querySelector("#stacks-text");
    document.querySelector("#stacks-again").addEventListener("click", () => this.ask());
    document.querySelector("#stacks-copy").addEventListener("click", () => this.copy(say));
  }

  open() {
    this.dialog.showModal();
    return this.ask();
  }

  async ask() {
    this.text.textContent = "Asking Orthanc and its workers";
    try {
      this.text.textContent = await this.operations.stacks();
    } catch (error) {
      this.text.textContent = `No stacks: ${error.message}`;
    }
    this.text.focus();
  }

  async copy(say) {
    try {
      await navigator.clipboard.writeText(this.text.textContent);
      say("The stacks are in the clipboard");
    } catch {
      // browsers have no clipboard for pages that came by plain HTTP
      getSelection().selectAllChildren(this.text);
    }
  }
}
