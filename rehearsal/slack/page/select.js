// Every kind of select: a text field with a list under it, searched as one types.

import { freshId, h } from "./dom.js";
import { valueOf } from "./element_state.js";
import { plain } from "./ink.js";
import { offer } from "./inputs.js";
import { chosenOptions, heldValue, optionSource } from "./option_source.js";
import { Popup } from "./popup.js";
import { accessibleName, dataOf } from "./seat.js";

const PAUSE_MS = 150;  // typing that pauses so long is worth a question to the app

export const selectElement = (element, seat) => new Select(element, seat).node;

class Select {
  constructor(element, seat) {
    Object.assign(this, { element, seat, turn: 0, timer: null });
    this.many = element.type.startsWith("multi_");
    this.source = optionSource(element, seat);
    this.chips = h("span", { class: "chips" });
    this.input = this.makeInput();
    this.clear = this.makeClear();
    this.node = h("div", { class: "select" }, this.chips, this.input, this.clear);
    this.popup = new Popup(this.node, this.input, (option) => this.pick(option));
    this.settle(this.held());
  }

  makeInput() {
    return h("input", {
      type: "text", role: "combobox", "aria-autocomplete": "list", autocomplete: "off",
      spellcheck: "false", placeholder: this.element.placeholder?.text ?? "Select an option",
      ...dataOf(this.element, this.seat), ...accessibleName(this.element, this.seat),
      id: this.seat.id ?? freshId("select"),
      on: { click: () => this.open(), input: () => this.typed(), blur: () => this.leave(),
        keydown: (event) => this.key(event) },
    });
  }

  makeClear() {
    return h("button", { type: "button", class: "clear", "aria-label": "Clear", hidden: true,
      on: { click: () => this.take([]) } }, "×");
  }

  held() {
    const { block, surface } = this.seat;
    return chosenOptions(valueOf(this.element, surface.held(block.block_id, this.element.action_id)), this.seat);
  }

  /** Show these options as chosen. */
  settle(options) {
    this.chosen = options;
    this.chips.replaceChildren(...(this.many ? options.map((option) => this.chip(option)) : []));
    this.input.value = this.many ? "" : options[0]?.text?.text ?? "";
    this.clear.hidden = this.many || options.length === 0 || !this.seat.block.optional;
  }

  chip(option) {
    const words = option.text?.text ?? option.value;
    return h("span", { class: "chip" }, plain(words), h("button", { type: "button",
      "aria-label": `Remove ${words}`, on: { click: () => this.take(this.without(option)) } }, "×"));
  }

  without({ value }) {
    return this.chosen.filter((one) => one.value !== value);
  }

  open() {
    this.input.select();
    this.look("");
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(this.input.value), PAUSE_MS);
  }

  /** Ask the source; an answer that comes after a newer question is dropped. */
  async look(typed) {
    this.turn += 1;
    const turn = this.turn;
    const hint = this.source.wait(typed);
    this.popup.say(hint ?? "Searching…");
    if (hint) return;
    const groups = await this.source.find(typed).catch((refusal) => refusal);
    if (turn === this.turn && this.popup.open) this.showGroups(groups);
  }

  showGroups(groups) {
    if (groups instanceof Error) this.popup.say(groups.message);
    else this.popup.show(groups, this.chosen.map(({ value }) => value));
  }

  pick(option) {
    if (!this.many) this.take([option]);
    else if (this.chosen.some(({ value }) => value === option.value)) this.take(this.without(option));
    else this.take([...this.chosen, option]);
  }

  take(options) {
    const before = this.chosen;
    this.close();
    this.settle(options);
    offer(this.element, this.seat, heldValue(this.element, options), () => this.settle(before));
  }

  close() {
    this.turn += 1;
    clearTimeout(this.timer);
    this.popup.close();
  }

  leave() {
    this.close();
    this.settle(this.chosen);
  }

  key(event) {
    if (this.popup.key(event)) return;
    if (event.key === "ArrowDown" || (event.key === "Enter" && !this.popup.open)) {
      event.preventDefault();
      this.open();
    }
  }
}
