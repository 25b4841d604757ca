// Block Kit: one function a kind of block, one a kind of element.

import { buttonElement, overflowElement } from "./buttons.js";
import { freshId, h } from "./dom.js";
import { plain, textObject } from "./ink.js";
import { fileInput } from "./file_input.js";
import { checkboxes, picker, radioButtons, textInput } from "./inputs.js";
import { markdown } from "./markdown.js";
import { richText } from "./rich_text.js";
import { selectElement } from "./select.js";
import { table } from "./table.js";
import { planBlock, taskCard } from "./tasks.js";
import { unsupported } from "./unsupported.js";

const ELEMENTS = {
  button: buttonElement, overflow: overflowElement, radio_buttons: radioButtons, checkboxes, file_input: fileInput,
  plain_text_input: textInput, email_text_input: textInput, url_text_input: textInput,
  number_input: textInput, datepicker: picker, timepicker: picker, datetimepicker: picker,
  static_select: selectElement, external_select: selectElement, users_select: selectElement,
  channels_select: selectElement, conversations_select: selectElement,
  multi_static_select: selectElement, multi_external_select: selectElement,
  multi_users_select: selectElement, multi_channels_select: selectElement,
  multi_conversations_select: selectElement,
  image: (element) => imageBox(element, "image-small"),
};

const BLOCKS = {
  header: (block) => h("div", { class: "block-header", role: "heading", "aria-level": "3" },
    plain(block.text?.text)),
  section, context, actions, input: inputBlock, table,
  divider: () => h("hr"),
  image: (block) => [block.title && h("div", { class: "quiet" }, plain(block.title.text)), imageBox(block, "image-large")],
  rich_text: (block, surface) => richText(block, surface.names),
  markdown: (block, surface) => markdown(block.text, surface.names),
  plan: planBlock, task_card: taskCard, alert: alertBlock,
};

/** A block on a surface. `error` is what the app said about this field. */
export function blockNode(block, surface, error = null) {
  const known = Object.hasOwn(BLOCKS, block.type);
  return h("div", { class: `block block-${known ? block.type : "unknown"}`, "data-block-type": block.type,
    "data-block": block.block_id }, known ? BLOCKS[block.type](block, surface, error) : unsupported("block", block.type));
}

function elementNode(element, seat) {
  if (!Object.hasOwn(ELEMENTS, element.type)) return unsupported("element", element.type);
  return ELEMENTS[element.type](element, seat);
}

function section(block, surface) {
  const text = h("div", { class: "section-text" }, textObject(block.text, surface.names),
    block.fields && h("div", { class: "fields" },
      block.fields.map((field) => h("div", { class: "field" }, textObject(field, surface.names)))));
  const seat = { block, surface, fallback: block.text?.text };
  return [text, block.accessory && h("div", { class: "accessory" }, elementNode(block.accessory, seat))];
}

function context(block, surface) {
  return (block.elements ?? []).map((element) => h("div", { class: "context-item" },
    element.type === "image" ? imageBox(element, "image-small") : textObject(element, surface.names)));
}

function actions(block, surface) {
  return (block.elements ?? []).map((element) => elementNode(element, { block, surface }));
}

/** A placeholder: the picture itself would be a request to a stranger's server. */
function imageBox({ alt_text: alt }, size) {
  return h("span", { class: `image ${size}`, role: "img", "aria-label": alt, title: alt },
    size === "image-large" ? `image: ${alt}` : "img");
}

function inputBlock(block, surface, error) {
  const ids = { label: freshId("label"), control: freshId("control"), note: freshId("note") };
  const seat = { block, surface, id: ids.control, labelledBy: ids.label, describedBy: ids.note, invalid: Boolean(error) };
  return [
    h("label", { class: "label", id: ids.label, for: ids.control }, plain(block.label?.text),
      block.optional && h("span", { class: "quiet" }, " (optional)")),
    elementNode(block.element, seat),
    h("div", { id: ids.note, class: "field-notes" },
      error && h("p", { class: "field-error", role: "alert" }, error),
      block.hint && h("p", { class: "quiet" }, plain(block.hint.text))),
  ];
}

function alertBlock(block, surface) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "default";
  return h("div", { class: `alert alert-${level}`, role: "note", "data-level": level },
    textObject(block.text, surface.names));
}
