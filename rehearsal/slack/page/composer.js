// The box one writes in. Enter sends, Shift+Enter breaks the line, "/" shows commands.

import { freshId, h } from "./dom.js";

const TALLEST_PX = 160;

/** The server names a command, or names and describes it. */
const asCommand = (one) => (typeof one === "string" ? { command: one } : one);

export class Composer {
  /** target() says where to: {key, channel, threadTs, label}; app sends. */
  constructor(app, target) {
    Object.assign(this, { app, target, drafts: new Map(), key: null });
    this.area = h("textarea", { rows: 1, spellcheck: "false", on: {
      input: () => this.grow(), keydown: (event) => this.keyDown(event), blur: () => { this.menu.hidden = true; } } });
    this.menu = h("ul", { class: "commands", role: "listbox", "aria-label": "Commands", hidden: true,
      on: { mousedown: (event) => event.preventDefault() } });
    this.file = h("input", { type: "file", multiple: true, class: "file-input", id: freshId("file"),
      on: { change: () => this.upload() } });
    this.node = this.frame();
  }

  frame() {
    return h("form", { class: "composer", on: { submit: (event) => { event.preventDefault(); this.send(); } } },
      this.menu, this.area, h("div", { class: "composer-bar" },
        this.file, h("label", { class: "attach", for: this.file.id }, "+ Attach file"),
        h("span", { class: "quiet hint" }, "Enter sends · Shift+Enter new line · / for commands"),
        h("button", { type: "submit", class: "button primary send" }, "Send")));
  }

  /** Follow the place: each has a draft of its own. */
  update() {
    const { key, label } = this.target();
    if (key === this.key) return;
    this.drafts.set(this.key, this.area.value);
    this.key = key;
    this.area.value = this.drafts.get(key) ?? "";
    this.area.setAttribute("aria-label", label);
    this.area.setAttribute("placeholder", label);
    this.file.setAttribute("aria-label", `Attach a file: ${label}`);
    this.grow();
  }

  grow() {
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(this.area.scrollHeight, TALLEST_PX)}px`;
    this.showCommands();
  }

  keyDown(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Tab" && !this.menu.hidden) {
      this.complete(event);
    } else if (event.key === "Escape" && !this.menu.hidden) {
      event.stopPropagation();
      this.menu.hidden = true;
    }
  }

  complete(event) {
    const first = this.menu.querySelector("[data-command]");
    if (!first) return;
    event.preventDefault();
    this.fillIn(first.dataset.command);
  }

  fillIn(command) {
    this.area.value = `${command} `;
    this.area.focus();
    this.grow();
  }

  async send() {
    const text = this.area.value.trim();
    if (!text) return;
    const { channel, threadTs, key } = this.target();
    this.area.value = "";
    this.grow();
    const path = text.startsWith("/") ? "/page-api/command" : "/page-api/message";
    const body = { channel, text, ...(threadTs ? { thread_ts: threadTs } : {}) };
    const answer = await this.app.send(path, body);
    if (answer === null && key === this.key && !this.area.value) this.restore(text);
  }

  /** What could not be sent is not lost. */
  restore(text) {
    this.area.value = text;
    this.grow();
  }

  async upload() {
    const files = [...this.file.files];
    this.file.value = "";
    await this.app.sendFiles(this.target(), files);
  }

  showCommands() {
    const text = this.area.value;
    const typing = /^\/[^\s]*$/.test(text);
    this.menu.hidden = !typing;
    if (!typing) return;
    const known = this.app.state.commands.map(asCommand).filter(({ command }) => command.startsWith(text));
    this.menu.replaceChildren(...known.map((one) => this.commandItem(one)));
    if (known.length === 0) this.menu.append(h("li", { class: "popup-note" },
      "A line that starts with / goes to the app as a command."));
  }

  commandItem({ command, description, usage_hint: hint }) {
    return h("li", { role: "option", "data-command": command, on: { click: () => this.fillIn(command) } },
      h("strong", {}, command), hint && h("code", {}, hint), h("span", { class: "quiet" }, description));
  }
}
