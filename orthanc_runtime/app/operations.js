// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the buttons ask of the server. Its answer, or what it has against it, is said once.
import { duration } from "./format.js";

const ROOT = "../";

/** Raises Error with what the server says. */
async function post(name, body) {
  let answer;
  try {
    answer = await fetch(ROOT + name, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Requested-With": "orthanc-runtime" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("no answer from Orthanc");
  }
  const text = await answer.text();
  if (answer.ok) {
    return text;
  }
  let message = `status ${answer.status}`;
  try {
    message = JSON.parse(text).Message ?? message;
  } catch {
    // without HttpDescribeErrors there is no more to tell
  }
  throw new Error(message);
}

export class Operations {
  /** `say(text, kind)` shows what has become of it; `changed()` is called after it. */
  constructor(say, changed) {
    this.say = say;
    this.changed = changed;
  }

  async attempt(begin, name, body, success) {
    this.say(begin);
    try {
      this.say(success(JSON.parse(await post(name, body))));
    } catch (error) {
      this.say(error.message, "bad");
    }
    this.changed();
  }

  reload() {
    return this.attempt(
      "Starting workers with the script as it is now",
      "reload",
      {},
      ({ Generation, Seconds }) =>
        `Generation ${Generation} serves after ${duration(Seconds)}; the workers before it leave when their tasks have ended`,
    );
  }

  recycleAll() {
    return this.recycle({}, ({ Recycled }) => `${Recycled.length} workers leave, each once its successor serves`);
  }

  recycleWorker({ Index, Pid }) {
    return this.recycle({ Pid }, () => `Worker ${Index} (pid ${Pid}) leaves once its successor serves`);
  }

  recycle(body, success) {
    return this.attempt("Asking for successors", "recycle", body, success);
  }

  stacks() {
    return post("stacks", {});
  }
}
