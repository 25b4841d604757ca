// A list of messages with day lines, which stays at its end if one was reading there.

import { dayName } from "./dates.js";
import { h } from "./dom.js";
import { keyedList } from "./keyed.js";
import { authorOf, messageNode } from "./message.js";
import { replyCount } from "./state.js";

const NEAR_PX = 80;     // this near to the end counts as at the end
const RUN_S = 300;      // one author's messages within five minutes stand together

export class Stream {
  constructor(label) {
    this.node = h("div", { class: "stream", role: "log", "aria-label": label, tabindex: "0" });
    this.list = h("div", { class: "stream-list" });
    this.node.append(this.list);
    this.update = keyedList(this.list);
    this.place = null;
  }

  /** Show these messages of a channel; `place` names what is shown. */
  show(app, channel, lines, { place, inThread = false }) {
    const moved = place !== this.place;
    const atEnd = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_PX;
    this.place = place;
    this.node.setAttribute("data-place", place);
    this.update(itemsOf(app, channel, lines, inThread));
    if (moved || atEnd) this.node.scrollTop = this.node.scrollHeight;
  }
}

function itemsOf(app, channel, lines, inThread) {
  return lines.flatMap((message, index) => {
    const before = lines[index - 1] ?? null;
    // In a thread a line stands between the first message and the replies.
    const joins = (!inThread || index > 1) && follows(app, before, message);
    const item = messageItem(app, channel, message, { inThread, follows: joins });
    const newDay = !inThread && (!before || dayName(before.ts) !== dayName(message.ts));
    return newDay ? [dayItem(message.ts), item] : [item];
  });
}

function dayItem(ts) {
  const name = dayName(ts);
  return { key: `day ${name}`, sign: name, build: () => h("div", { class: "day" }, h("span", {}, name)) };
}

function messageItem(app, channel, message, place) {
  const shape = { ...place, replies: place.inThread ? 0 : replyCount(app.state, channel, message) };
  return {
    key: `${app.user} ${channel} ${message.ts}`, sign: JSON.stringify([message, shape]),
    build: () => messageNode(app, channel, message, shape),
  };
}

function follows(app, before, message) {
  if (!before || message.ephemeral || before.ephemeral) return false;
  const close = Number(message.ts) - Number(before.ts) < RUN_S;
  return close && dayName(before.ts) === dayName(message.ts)
    && authorOf(app, before).name === authorOf(app, message).name;
}
