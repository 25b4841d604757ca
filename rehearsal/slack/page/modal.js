// The stack of modals of one person: the top one is shown; the fields keep what was typed.

import { blockNode } from "./blocks.js";
import { freshId, h } from "./dom.js";
import { isEmpty, holdsState, valueOf } from "./element_state.js";
import { plain } from "./ink.js";
import { keyedList } from "./keyed.js";
import { viewSurface } from "./surfaces.js";

const REQUIRED = "Please complete this required field.";

export class Modals {
  constructor(app) {
    Object.assign(this, { app, shown: null, errors: new Map(), views: [] });
  }

  update() {
    this.views = this.app.state.views.filter(({ view }) => view.type !== "home");
    const top = this.views.at(-1) ?? null;
    if (this.shown && this.shown.id !== top?.id) this.takeDown();
    if (!top) return;
    this.shown ??= this.putUp(top);
    this.fill(top);
  }

  /** An error the workspace speaks of while a form is open belongs into the form. */
  say(text) {
    if (!this.shown) return;
    this.shown.alert.textContent = text;
    this.shown.alert.hidden = !text;
  }

  takeDown() {
    const { dialog } = this.shown;
    this.shown = null;
    dialog.close();
    dialog.remove();
  }

  putUp({ id }) {
    const parts = { id, title: h("h2", { id: freshId("title") }), body: h("div", { class: "modal-body" }),
      foot: h("footer", {}), alert: h("p", { class: "modal-alert", role: "alert", hidden: true }) };
    parts.close = h("button", { type: "button", class: "close", "aria-label": "Close", on: { click: () => this.closeAll() } }, "×");
    parts.back = h("button", { type: "button", class: "close back", "aria-label": "Back", on: { click: () => this.close() } }, "‹");
    parts.dialog = h("dialog", { class: "modal", "aria-labelledby": parts.title.id, "data-view-id": id, on: {
      cancel: (event) => { event.preventDefault(); this.close(); }, keydown: (event) => this.key(event) } },
    h("header", {}, parts.back, parts.title, parts.close), parts.body, parts.alert, parts.foot);
    parts.show = keyedList(parts.body);
    document.body.append(parts.dialog);
    parts.dialog.showModal();
    return parts;
  }

  fill(top) {
    const { view } = top;
    const { title, body, foot, back, dialog, show } = this.shown;
    title.replaceChildren(...plain(view.title?.text));
    back.hidden = this.views.length < 2;
    dialog.dataset.callbackId = view.callback_id ?? "";
    show(this.items(top));
    const sign = JSON.stringify([view.submit, view.close, view.blocks.some(({ type }) => type === "input")]);
    if (foot.dataset.sign !== sign) this.drawFoot(view, sign);
    if (!dialog.contains(document.activeElement)) body.querySelector("input, textarea, button")?.focus();
  }

  drawFoot(view, sign) {
    const { foot } = this.shown;
    const needsSubmit = view.submit || view.blocks.some(({ type }) => type === "input");
    foot.dataset.sign = sign;
    foot.replaceChildren(
      h("button", { type: "button", class: "button", "data-role": "close", on: { click: () => this.close() } },
        plain(view.close?.text ?? (needsSubmit ? "Cancel" : "Close"))),
      ...(needsSubmit ? [h("button", { type: "button", class: "button primary", "data-role": "submit",
        on: { click: () => this.submit() } }, plain(view.submit?.text ?? "Submit"))] : []),
    );
  }

  items(top) {
    const errors = this.errors.get(top.id) ?? top.errors ?? {};
    return top.view.blocks.map((block, index) => {
      const id = block.block_id;
      // A field that was touched here keeps its node; else the server's values count.
      const values = this.app.drafts.touched(top.id, id) ? null : top.values?.[id] ?? null;
      const error = errors[id] ?? null;
      return { key: id ?? index, sign: JSON.stringify([block, error, values]),
        build: () => blockNode(block, viewSurface(this.app, top), error) };
    });
  }

  key(event) {
    const single = event.target.matches?.("input[data-enter=submit]");
    const anywhere = event.ctrlKey || event.metaKey;
    if (event.key !== "Enter" || event.defaultPrevented || !(single || anywhere)) return;
    event.preventDefault();
    this.submit();
  }

  async submit() {
    const top = this.views.at(-1);
    const submit = this.shown.foot.querySelector("[data-role=submit]");
    if (!submit || submit.disabled) return;
    this.say("");
    submit.disabled = true;
    this.errors.set(top.id, this.missing(top) ?? await this.sendSubmit(top));
    submit.disabled = false;
    this.app.changed();
    this.focusError(top);
  }

  async sendSubmit({ id }) {
    await this.app.keeper.flush();
    const answer = await this.app.send("/page-api/view/submit", { view_id: id });
    if (answer?.failed) this.say(answer.notice ?? "We had some trouble connecting. Try again?");
    return answer?.errors ?? null;
  }

  /** Slack's own client refuses an empty required field without asking the app. */
  missing(top) {
    const surface = viewSurface(this.app, top);
    const empty = top.view.blocks.filter(({ type, optional, element, block_id: id }) => type === "input"
      && !optional && holdsState(element.type)
      && isEmpty(valueOf(element, surface.held(id, element.action_id))));
    return empty.length ? Object.fromEntries(empty.map(({ block_id: id }) => [id, REQUIRED])) : null;
  }

  focusError({ id }) {
    requestAnimationFrame(() => {
      if (this.shown?.id !== id) return;
      this.shown.body.querySelector("[aria-invalid=true]")?.focus();
    });
  }

  /** Cancel, Escape and Back close the top view only. */
  close() {
    return this.closeView(this.views.at(-1));
  }

  /** The cross closes the whole stack. */
  async closeAll() {
    for (const view of [...this.views].reverse()) await this.closeView(view);
  }

  async closeView({ id }) {
    await this.app.keeper.flush();
    await this.app.send("/page-api/view/close", { view_id: id });
  }
}
