// What Slack itself says to the person: "/triage failed with …". Errors stay until read.

import { h } from "./dom.js";

const INFO_MS = 7000;
const MOST = 4;

export class Notices {
  constructor(root) {
    this.root = root;
  }

  show(text, kind) {
    const close = h("button", { type: "button", class: "close", "aria-label": "Dismiss",
      on: { click: () => note.remove() } }, "×");
    const note = h("div", { class: `notice ${kind}`, role: kind === "error" ? "alert" : "status", "data-kind": kind },
      h("span", {}, text), close);
    this.root.append(note);
    while (this.root.children.length > MOST) this.root.firstElementChild.remove();
    if (kind !== "error") setTimeout(() => note.remove(), INFO_MS);
  }
}
