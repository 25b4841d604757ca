// The rehearsal's own panel, if the server has one: facts, and buttons to press.

import { ask } from "./confirm.js";
import { h } from "./dom.js";
import { keyedList } from "./keyed.js";
import { Refusal, post } from "./wire.js";

const PATH = "/page-api/extras";
const EVERY_MS = 2000;
const ABSENT_MS = 10000;  // there is none: ask again now and then, a scenario may start

export class Extras {
  constructor(root, app) {
    Object.assign(this, { root, app });
    this.title = h("h2", {});
    this.facts = h("ul", { class: "facts", "aria-live": "polite" });
    this.buttons = h("div", { class: "extra-buttons" });
    root.append(this.title, this.facts, this.buttons);
    this.showFacts = keyedList(this.facts);
    this.showButtons = keyedList(this.buttons);
    this.poll();
  }

  async poll() {
    const panel = await this.fetchPanel();
    this.root.hidden = !panel;
    if (panel) this.draw(panel);
    setTimeout(() => this.poll(), panel ? EVERY_MS : ABSENT_MS);
  }

  async fetchPanel() {
    const answer = await fetch(PATH).catch(() => null);
    return answer?.ok ? answer.json().catch(() => null) : null;
  }

  draw({ title, facts = [], buttons = [] }) {
    this.title.textContent = title ?? "Rehearsal";
    this.showFacts(facts.map((fact, index) => ({ key: index, sign: fact, build: () => h("li", {}, String(fact)) })));
    this.showButtons(buttons.map((button) => ({ key: button.path, sign: JSON.stringify(button),
      build: () => h("button", { type: "button", "data-path": button.path, on: { click: () => this.press(button) } }, button.label) })));
  }

  async press({ label, path, confirm }) {
    if (confirm && !(await ask(question(label, confirm), this.app.names))) return;
    try {
      // Only a path of this server: the panel's text may come from a scenario page.
      if (!/^\/(?!\/)/.test(path)) throw new Refusal(`${path} is no path of this server.`);
      await post(path, { user: this.app.user, channel: this.app.channel });
    } catch (refusal) {
      this.app.notice(refusal.message, "error");
    }
  }
}

function question(label, confirm) {
  if (typeof confirm === "object") return confirm;
  const text = typeof confirm === "string" ? confirm : `${label}?`;
  return { title: { text: label }, text: { type: "plain_text", text }, confirm: { text: label } };
}
