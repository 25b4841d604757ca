// The channel and the thread beside it.

import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { dropZone } from "./drop.js";
import { channelLines, threadLines } from "./state.js";
import { Stream } from "./stream.js";

export class ChannelPane {
  constructor(root, app) {
    this.app = app;
    this.title = h("header", { class: "pane-head" });
    this.banner = h("div", { class: "banner", role: "alert", hidden: true });
    this.stream = new Stream("Messages");
    this.composer = new Composer(app, () => this.target());
    root.append(this.title, this.banner, this.stream.node, this.composer.node);
    dropZone(root, (files) => app.sendFiles(this.target(), files));
  }

  target() {
    const { channel, user } = this.app;
    return { key: `${user} ${channel}`, channel, threadTs: null,
      label: `Message #${this.app.names.channelName(channel)}` };
  }

  update() {
    const { app } = this;
    const channel = app.state.channels.find(({ id }) => id === app.channel);
    this.title.replaceChildren(h("h1", {}, `# ${channel?.name ?? ""}`), h("span", { class: "quiet topic" }, channel?.topic ?? ""));
    this.stream.show(app, app.channel, channelLines(app.state, app.channel), { place: `${app.user} ${app.channel}` });
    this.composer.update();
    this.warn();
  }

  warn() {
    const { about, text } = this.warning();
    this.banner.hidden = !text;
    this.banner.dataset.about = about;
    if (this.banner.textContent !== text) this.banner.textContent = text;
  }

  warning() {
    const { link, state, user } = this.app;
    if (link === "down" && !state.ready && !user) return { about: "link", text: NOBODY };
    if (link === "down" && state.ready) return { about: "link", text: AWAY };
    return { about: "app", text: state.app === "down" ? DOWN : "" };
  }
}

const NOBODY = "The workspace did not say who is here. Add #user= and a user's id to the address.";
const AWAY = "The page lost the workspace and is trying to come back.";
const DOWN = "The bot is down: commands and presses fail until it is back.";

export class ThreadPane {
  constructor(root, app) {
    Object.assign(this, { root, app });
    this.where = h("span", { class: "quiet topic" });
    const close = h("button", { type: "button", class: "close", "aria-label": "Close thread",
      on: { click: () => app.openThread(null) } }, "×");
    this.stream = new Stream("Thread messages");
    this.composer = new Composer(app, () => this.target());
    root.append(h("header", { class: "pane-head" }, h("h1", {}, "Thread"), this.where, close),
      this.stream.node, this.composer.node);
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) app.openThread(null);
    });
    dropZone(root, (files) => app.sendFiles(this.target(), files));
  }

  target() {
    const { channel, thread, user } = this.app;
    return { key: `${user} ${channel} ${thread}`, channel, threadTs: thread, label: "Reply in thread" };
  }

  update() {
    const { channel, thread, state, names } = this.app;
    this.root.hidden = !thread;
    document.body.classList.toggle("with-thread", Boolean(thread));
    if (!thread) return;
    this.root.dataset.threadTs = thread;
    const { root, replies } = threadLines(state, channel, thread);
    this.where.textContent = `# ${names.channelName(channel)}`;
    this.stream.show(this.app, channel, root ? [root, ...replies] : replies, { place: `${this.app.user} ${thread}`, inThread: true });
    this.composer.update();
  }
}
