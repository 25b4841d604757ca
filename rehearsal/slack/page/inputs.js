// Text inputs, date and time pickers, radio buttons and checkboxes.

import { ask } from "./confirm.js";
import { freshId, h } from "./dom.js";
import { isEmpty, valueOf } from "./element_state.js";
import { textObject } from "./ink.js";
import { accessibleName, dataOf } from "./seat.js";

const KEYBOARDS = {
  email_text_input: "email", url_text_input: "url", number_input: "decimal", plain_text_input: "text",
};
const PICKERS = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

const heldOf = (element, { block, surface }) => valueOf(
  element, surface.held(block.block_id, element.action_id),
);

/** One line or many. Typing is kept; a press is sent when the block asks for it. */
export function textInput(element, seat) {
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const asks = seat.block.dispatch_action ? when : [];
  const many = element.multiline === true;
  const on = {
    input: () => seat.surface.change(seat.block, element, node.value || null,
      { typing: true, press: asks.includes("on_character_entered") }),
    keydown: (event) => {
      if (event.key !== "Enter" || many || !asks.includes("on_enter_pressed")) return;
      event.preventDefault();
      seat.surface.change(seat.block, element, node.value || null, { press: true });
    },
  };
  const node = h(many ? "textarea" : "input", { ...inputProps(element, seat), on,
    type: many ? null : "text", rows: many ? 4 : null, "data-enter": asks.length ? "press" : "submit" });
  return node;
}

function inputProps(element, seat) {
  return {
    class: "text-input", ...dataOf(element, seat), ...accessibleName(element, seat),
    inputmode: KEYBOARDS[element.type], placeholder: element.placeholder?.text,
    minlength: element.min_length, maxlength: element.max_length, spellcheck: "false",
    autocomplete: "off", autofocus: element.focus_on_load === true, value: heldOf(element, seat) ?? "",
  };
}

/** The browser's own picker; a datetimepicker counts in seconds since 1970. */
export function picker(element, seat) {
  const seconds = element.type === "datetimepicker";
  const node = h("input", {
    type: PICKERS[element.type], class: "text-input picker", ...dataOf(element, seat),
    ...accessibleName(element, seat), value: shownMoment(heldOf(element, seat), seconds),
    on: { change: () => offer(element, seat, readMoment(node.value, seconds), () => {
      node.value = shownMoment(heldOf(element, seat), seconds);
    }) },
  });
  return node;
}

function shownMoment(value, seconds) {
  if (isEmpty(value) || !seconds) return value ?? "";
  const moment = new Date(value * 1000);
  return new Date(moment - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function readMoment(text, seconds) {
  if (!text) return null;
  return seconds ? Math.floor(new Date(text).getTime() / 1000) : text;
}

/** Take a new value, after the confirm dialog if there is one; undo() if refused. */
export async function offer(element, seat, value, undo) {
  if (element.confirm && !(await ask(element.confirm, seat.surface.names))) {
    undo();
    return;
  }
  seat.surface.change(seat.block, element, value, { press: true });
}

export const radioButtons = (element, seat) => choiceList(element, seat, "radio");
export const checkboxes = (element, seat) => choiceList(element, seat, "checkbox");

function choiceList(element, seat, kind) {
  const name = freshId("choice");
  const node = h("div", { class: "choices", role: kind === "radio" ? "radiogroup" : "group",
    ...accessibleName(element, seat), ...dataOf(element, seat) });
  const undo = () => tick(node, chosenValues(element, seat));
  const change = () => offer(element, seat, readChoices(node, element, kind), undo);
  node.append(...(element.options ?? []).map(
    (option) => choice(option, { kind, name, change, names: seat.surface.names }),
  ));
  undo();
  return node;
}

function choice(option, { kind, name, change, names }) {
  return h("label", { class: "choice" },
    h("input", { type: kind, name, value: option.value, on: { change } }),
    h("span", { class: "choice-text" }, textObject(option.text, names),
      option.description && h("span", { class: "quiet" }, textObject(option.description, names))));
}

const chosenValues = (element, seat) => [heldOf(element, seat) ?? []].flat().map(({ value }) => value);

function tick(node, values) {
  for (const input of node.querySelectorAll("input")) input.checked = values.includes(input.value);
}

function readChoices(node, element, kind) {
  const values = [...node.querySelectorAll("input:checked")].map(({ value }) => value);
  const chosen = element.options.filter(({ value }) => values.includes(value));
  return kind === "radio" ? chosen[0] ?? null : chosen;
}
