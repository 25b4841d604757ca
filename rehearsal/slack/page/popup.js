// The list under a select: shows groups of options or one line of text, and knows the keys.

import { freshId, h } from "./dom.js";
import { hang } from "./hang.js";
import { plain } from "./ink.js";

export class Popup {
  /** anchor is what it hangs under, input what has the focus, pick(option) what to call. */
  constructor(anchor, input, pick) {
    Object.assign(this, { anchor, input, pick, open: false, active: -1, options: [] });
    this.list = h("ul", { class: "popup", role: "listbox", id: freshId("options"), hidden: true,
      "aria-label": "Options", on: { mousedown: (event) => event.preventDefault() } });
    anchor.append(this.list);
    input.setAttribute("aria-controls", this.list.id);
    this.close();
  }

  say(text) {
    this.options = [];
    this.unfold(h("li", { class: "popup-note", role: "presentation" }, text));
  }

  show(groups, chosen) {
    this.options = [];
    const items = groups.flatMap(({ label, options }) => [
      label && h("li", { class: "popup-group", role: "presentation" }, plain(label)),
      ...options.map((option) => this.item(option, chosen.includes(option.value))),
    ]).filter(Boolean);
    if (this.options.length === 0) return this.say("No results");
    return this.unfold(...items);
  }

  item(option, chosen) {
    const index = this.options.length;
    const node = h("li", { role: "option", id: freshId("option"), "data-value": option.value,
      "aria-selected": String(chosen), on: { click: () => this.pick(option) } },
    h("span", {}, plain(option.text?.text)),
    option.description && h("span", { class: "quiet" }, plain(option.description.text)));
    node.addEventListener("mousemove", () => this.point(index));
    this.options.push({ option, node });
    return node;
  }

  unfold(...items) {
    this.list.replaceChildren(...items);
    this.list.hidden = false;
    this.point(-1);
    this.input.setAttribute("aria-expanded", "true");
    if (this.open) return;
    this.open = true;
    this.letGo = hang(this.anchor, this.list, { wide: true, gone: () => this.close() });
  }

  close() {
    this.open = false;
    this.list.hidden = true;
    this.options = [];
    this.letGo?.();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** Handles a key of the open list; true if it was one. */
  key(event) {
    const act = this.open && this.actOf(event.key);
    if (!act) return false;
    event.preventDefault();
    event.stopPropagation();
    act();
    return true;
  }

  actOf(key) {
    if (key === "ArrowDown") return () => this.point((this.active + 1) % this.options.length);
    if (key === "ArrowUp") return () => this.point(Math.max(this.active, 1) - 1);
    if (key === "Escape") return () => this.close();
    const chosen = key === "Enter" && (this.options[this.active] ?? this.options[0]);
    return chosen && (() => this.pick(chosen.option));
  }

  point(index) {
    this.active = Number.isInteger(index) ? index : -1;
    this.options.forEach(({ node }, at) => node.classList.toggle("active", at === this.active));
    const node = this.options[this.active]?.node;
    if (!node) return this.input.removeAttribute("aria-activedescendant");
    node.scrollIntoView({ block: "nearest" });
    return this.input.setAttribute("aria-activedescendant", node.id);
  }
}
