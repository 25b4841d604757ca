// What the page knows and does: it holds the state, follows the server, and tells the
// parts of the page when something changed.

import { Drafts } from "./drafts.js";
import { EMPTY, apply, names, newestTs } from "./state.js";
import { Keeper } from "./surfaces.js";
import { follow, post, postChosen, postFile } from "./wire.js";

export class App {
  constructor(place) {
    Object.assign(this, {
      state: EMPTY, names: names(EMPTY), user: place.user, channel: place.channel, thread: place.thread,
      link: "down", drafts: new Drafts(), seen: new Map(), parts: [], due: false, hangUp: null,
      onNotice: () => {}, onPlace: () => {},
    });
    this.keeper = new Keeper((path, body) => this.send(path, body));
  }

  start() {
    this.hangUp?.();
    this.hangUp = follow(this.user, (delta) => this.receive(delta), (link) => this.linked(link));
  }

  linked(link) {
    this.link = link;
    this.changed();
  }

  receive(delta) {
    this.tellNotices(delta);
    this.state = apply(this.state, delta);
    if (delta.type === "state") this.settle();
    if (delta.type === "view_closed") this.drafts.forget(delta.id);
    this.markRead();
    this.changed();
  }

  /** After a reconnect the state brings the notices that were missed meanwhile. */
  tellNotices(delta) {
    const missed = delta.type === "state" && this.state.ready
      ? (delta.notices ?? []).slice(this.state.notices.length) : [];
    const fresh = delta.type === "notice" ? [delta] : missed;
    for (const { text, kind } of fresh) this.onNotice(text, kind);
  }

  /** A new state: be somebody, stand somewhere. */
  settle() {
    this.names = names(this.state);
    const { users, channels } = this.state;
    if (!channels.some(({ id }) => id === this.channel)) this.stand(channels[0]?.id ?? null, null);
    for (const { id } of channels) if (!this.seen.has(id)) this.seen.set(id, newestTs(this.state, id));
    if (users.some(({ id }) => id === this.user)) return;
    const first = users.find((user) => !user.is_bot && !user.deleted);
    if (first) this.actAs(first.id);
  }

  stand(channel, thread) {
    Object.assign(this, { channel, thread });
    this.onPlace(this);
  }

  actAs(user) {
    if (user === this.user) return;
    this.user = user;
    this.state = { ...EMPTY, team: this.state.team, users: this.state.users, channels: this.state.channels, app: this.state.app };
    this.drafts = new Drafts();
    this.seen.clear();
    this.onPlace(this);
    this.start();
    this.changed();
  }

  openChannel(channel) {
    this.stand(channel, null);
    this.markRead();
    this.changed();
  }

  openThread(thread) {
    this.stand(this.channel, thread);
    this.changed();
  }

  isUnread(channel) {
    return Number(newestTs(this.state, channel)) > Number(this.seen.get(channel) ?? 0);
  }

  markRead() {
    if (this.channel) this.seen.set(this.channel, newestTs(this.state, this.channel));
  }

  notice(text, kind) {
    this.onNotice(text, kind);
  }

  /** Send as the current person; null, and a notice, if it was refused. */
  async send(path, body) {
    return this.guarded(() => post(path, { user: this.user, ...body }));
  }

  async sendFiles(target, files) {
    for (const file of files) await this.guarded(() => postFile(this.user, target, file));
  }

  /** Upload files for a form's field; those that were taken. */
  async chooseFiles(files) {
    const chosen = [];
    for (const file of files) chosen.push(await this.guarded(() => postChosen(this.user, file)));
    return chosen.filter(Boolean);
  }

  async guarded(act) {
    try {
      return await act();
    } catch (refusal) {
      this.notice(refusal.message, "error");
      return null;
    }
  }

  /** Draw once a frame, however many messages came. A hidden tab gets no frames, so a
   * timer stands behind. */
  changed() {
    if (this.due) return;
    this.due = true;
    const draw = () => {
      if (!this.due) return;
      this.due = false;
      for (const part of this.parts) part.update();
    };
    requestAnimationFrame(draw);
    setTimeout(draw, 100);
  }
}
