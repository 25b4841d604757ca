// Buttons and the overflow menu.

import { ask } from "./confirm.js";
import { freshId, h, safeUrl } from "./dom.js";
import { hang } from "./hang.js";
import { plain } from "./ink.js";
import { accessibleName, dataOf } from "./seat.js";

/** A real button. While the app has not answered it is busy and takes no press. */
export function buttonElement(element, seat) {
  const style = ["primary", "danger"].includes(element.style) ? element.style : "";
  const press = () => pressOnce(node, element, seat, { value: element.value ?? null });
  const node = h("button", {
    type: "button", class: `button ${style}`, ...dataOf(element, seat),
    "data-value": element.value ?? "", "data-style": style || "default",
    "aria-label": element.accessibility_label, on: { click: press },
  }, plain(element.text?.text));
  return node;
}

async function pressOnce(node, element, seat, payload) {
  if (node.getAttribute("aria-busy") === "true") return;
  if (element.confirm && !(await ask(element.confirm, seat.surface.names))) return;
  openUrl(element.url);
  node.setAttribute("aria-busy", "true");
  await seat.surface.press(seat.block, element, payload);
  node.removeAttribute("aria-busy");
}

function openUrl(url) {
  const href = url && safeUrl(url);
  if (href) window.open(href, "_blank", "noopener,noreferrer");
}

/** The three dots with up to five choices. */
export const overflowElement = (element, seat) => new Overflow(element, seat).node;

class Overflow {
  constructor(element, seat) {
    Object.assign(this, { element, seat, letGo: null });
    this.menu = h("div", { class: "menu", id: freshId("menu"), role: "menu", hidden: true },
      (element.options ?? []).map((option) => this.item(option)));
    this.dots = h("button", { type: "button", class: "button dots", ...dataOf(element, seat),
      "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": this.menu.id,
      ...accessibleName(element, { ...seat, fallback: "More actions" }),
      on: { click: () => (this.menu.hidden ? this.open() : this.close()) } }, "•••");
    this.node = h("span", { class: "overflow", on: { keydown: (event) => this.key(event),
      focusout: (event) => this.leave(event) } }, this.dots, this.menu);
  }

  item(option) {
    return h("button", { type: "button", role: "menuitem", "data-value": option.value,
      on: { click: () => this.choose(option) } }, plain(option.text?.text));
  }

  choose(option) {
    this.close();
    pressOnce(this.dots, { ...this.element, url: option.url }, this.seat, { selected: option });
  }

  open() {
    this.menu.hidden = false;
    this.dots.setAttribute("aria-expanded", "true");
    this.letGo = hang(this.dots, this.menu, { wide: false, gone: () => this.close() });
  }

  close() {
    this.letGo?.();
    this.menu.hidden = true;
    this.dots.setAttribute("aria-expanded", "false");
  }

  key(event) {
    if (event.key !== "Escape" || this.menu.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
    this.dots.focus();
  }

  leave(event) {
    if (!this.node.contains(event.relatedTarget)) this.close();
  }
}
