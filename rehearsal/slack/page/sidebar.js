// The left side: the workspace, its channels, and who one is at the moment.

import { h, hexColour } from "./dom.js";
import { initials, personBadges } from "./message.js";

export class Sidebar {
  constructor(root, app) {
    Object.assign(this, { app, drawn: "" });
    this.team = h("div", { class: "team" });
    this.channels = h("ul", { class: "channels", "aria-label": "Channels" });
    this.people = h("div", { class: "people", role: "radiogroup", "aria-label": "Act as" });
    this.extras = h("section", { class: "extras", "aria-label": "Rehearsal", hidden: true });
    root.append(this.team, h("h2", {}, "Channels"), this.channels,
      h("h2", {}, "You are"), this.people, this.extras);
  }

  /** Drawn again only when it changed, so that a focused name keeps its focus. */
  update() {
    const { app } = this;
    const unread = app.state.channels.filter(({ id }) => app.isUnread(id)).map(({ id }) => id);
    const { team, channels, users } = app.state;
    const sign = JSON.stringify([team, channels, users, unread, app.channel, app.user, app.state.app, app.link]);
    if (sign === this.drawn) return;
    this.drawn = sign;
    this.draw(unread);
  }

  draw(unread) {
    const { app } = this;
    const { team, channels, users } = app.state;
    this.team.replaceChildren(h("strong", {}, team.name || "Workspace"), this.presence());
    this.channels.replaceChildren(...channels.map((channel) => this.channelItem(channel, unread.includes(channel.id))));
    const focused = this.people.contains(document.activeElement);
    this.people.replaceChildren(...users.filter((user) => !user.is_bot && !user.deleted).map((user) => this.person(user)));
    if (focused) this.people.querySelector("[aria-checked=true]")?.focus();
  }

  presence() {
    const up = this.app.state.app !== "down" && this.app.link === "up";
    const words = this.app.link === "down" ? "reconnecting…" : up ? "bot is up" : "bot is down";
    return h("span", { class: `presence ${up ? "up" : "down"}` }, words);
  }

  channelItem({ id, name }, unread) {
    const current = id === this.app.channel;
    return h("li", {}, h("button", { type: "button", "data-channel": id, class: unread ? "unread" : "",
      "aria-current": current ? "true" : null, "aria-label": unread ? `${name}, unread` : name,
      on: { click: () => this.app.openChannel(id) } },
    h("span", { class: "hash", "aria-hidden": "true" }, "#"), name));
  }

  person(user) {
    const current = user.id === this.app.user;
    const face = h("span", { class: "avatar small", "aria-hidden": "true" }, initials(user.real_name || user.name));
    face.style.backgroundColor = hexColour(user.color) ?? "#6b7480";
    return h("button", { type: "button", role: "radio", "data-user": user.id, "aria-checked": String(current),
      on: { click: () => this.app.actAs(user.id) } }, face,
    h("span", { class: "person" }, h("span", { class: "person-name" }, user.real_name || user.name, personBadges(user)),
      h("span", { class: "person-title" }, user.title || `@${user.name}`)));
  }
}
