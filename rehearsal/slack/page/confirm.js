// The dialog that asks before a press, as Slack shows it.

import { h } from "./dom.js";
import { plain, textObject } from "./ink.js";

const DEFAULTS = { title: "Are you sure?", confirm: "Yes", deny: "Cancel" };

/** Resolves to true if the person confirms; Escape and Cancel are a no. */
export function ask(question, names) {
  const { promise, resolve } = later();
  const dialog = confirmDialog(question, names, (answer) => dialog.close(answer));
  dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}

function later() {
  let resolve;
  const promise = new Promise((settle) => { resolve = settle; });
  return { promise, resolve };
}

function confirmDialog(question, names, close) {
  const word = (key) => question[key]?.text ?? DEFAULTS[key];
  const button = (key, answer, style) => h("button", {
    type: "button", class: `button ${style}`, "data-answer": answer, on: { click: () => close(answer) },
  }, plain(word(key)));
  return h("dialog", { class: "confirm", role: "alertdialog", "aria-label": word("title") },
    h("h2", {}, plain(word("title"))),
    h("div", { class: "confirm-text" }, textObject(question.text, names)),
    h("footer", {}, button("deny", "no", ""),
      button("confirm", "yes", question.style === "danger" ? "danger" : "primary")));
}
