// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Puts the parts of the page together.
import { follow, element, setAttribute, setText } from "./element.js";
import { age, memory } from "./format.js";
import { LoadPanel } from "./load_panel.js";
import { Operations } from "./operations.js";
import { Poller } from "./poller.js";
import { PoolSection } from "./pool_section.js";
import { SlowHandlers } from "./slow_handlers.js";
import { StacksDialog } from "./stacks_dialog.js";
import { Toast } from "./toast.js";

const find = (id) => document.getElementById(id);

const toast = new Toast();
const say = (text, kind) => toast.say(text, kind);

function tell(state, text) {
  setAttribute(find("connection"), "data-state", state);
  setText(find("connection"), text);
  document.body.classList.toggle("stale", state === "lost" || state === "refused");
}

const operations = new Operations(say, () => poller.now());
const stacks = new StacksDialog(operations, say);
const load = new LoadPanel(find("load"), say);
const slow = new SlowHandlers(find("slow"));
const nothing = element("p", { class: "card empty" });
let pid = null;

async function suggestRoutes() {
  try {
    load.suggest(await (await fetch("../routes", { cache: "no-store" })).json());
  } catch {
    // without them the reader types one
  }
}

function show(status) {
  if (pid !== null && pid !== status.Pid) {
    find("pools").followed = new Map();
    find("pools").replaceChildren();
    say("Orthanc has been restarted");
  }
  if (pid !== status.Pid) {
    pid = status.Pid;
    suggestRoutes();
  }
  setText(
    find("server"),
    `${status.Version} in Orthanc ${status.OrthancVersion} · Python ${status.PythonVersion} · ` +
      `pid ${status.Pid} · ${memory(status.Memory)}`,
  );
  const time = performance.now() / 1000;
  follow(
    find("pools"),
    status.Pools.map((pool) => ({ pool, time })),
    ({ pool }) => pool.Name,
    ({ pool }) => new PoolSection(pool.Name, operations),
  );
  slow.update(status.SlowHandlers);
  for (const id of ["reload", "recycle"]) {
    find(id).disabled = !status.Offloading;
  }
  if (status.Offloading) {
    nothing.remove();
  } else {
    setText(nothing, `${status.Message}. Put @offload over a handler to have it run on every core.`);
    find("pools").append(nothing);
  }
}

const poller = new Poller("../status", show, tell);

find("pause").addEventListener("click", () => {
  const paused = !poller.paused;
  find("pause").setAttribute("aria-pressed", paused);
  poller.pause(paused);
});
find("reload").addEventListener("click", () => operations.reload());
find("recycle").addEventListener("click", () => operations.recycleAll());
find("stacks").addEventListener("click", () => stacks.open());
poller.now();
