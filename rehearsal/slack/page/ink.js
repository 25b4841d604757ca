// Draws the trees of mrkdwn and of markdown.

import { formatDate } from "./dates.js";
import { h, link } from "./dom.js";
import { emojiNode, isEmoji } from "./emoji.js";
import { parseMrkdwn } from "./mrkdwn.js";

const MARKS = { strong: "strong", em: "em", del: "s" };

const INLINE = {
  text: ({ text }) => text,
  br: () => h("br"),
  code: ({ text }) => h("code", {}, text),
  emoji: ({ name }) => emojiNode(name),
  link: ({ url, children }, names) => link(url, inline(children, names)),
  user: ({ id }, names) => userMention(id, names),
  channel: ({ id }, names) => channelMention(id, names),
  usergroup: ({ id, label }) => h("span", { class: "mention" }, label || `@${id}`),
  broadcast: ({ range }) => broadcast(range),
  date: (node) => dateNode(node),
};

const BLOCKS = {
  lines: ({ children }, names) => h("p", {}, inline(children, names)),
  quote: ({ children }, names) => h("blockquote", {}, inline(children, names)),
  fence: ({ text }) => fence(text),
  list: ({ items }, names) => h("ul", { class: "marked-list" },
    items.map((item) => listItem(item, names))),
};

/** Nodes of an inline tree. */
export function inline(children, names) {
  return children.map((node) => {
    if (MARKS[node.type]) return h(MARKS[node.type], {}, inline(node.children, names));
    return INLINE[node.type](node, names);
  });
}

/** Nodes of a mrkdwn text. */
export function mrkdwn(text, names) {
  return parseMrkdwn(text).map((block) => BLOCKS[block.type](block, names));
}

/** A text object: plain_text with its emoji, or mrkdwn. */
export function textObject(object, names) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : plain(object.text);
}

/** Plain text: nothing is marked up but emoji names and line breaks. */
export function plain(text) {
  return String(text ?? "").split(/(:[a-z0-9_+-]+:|\n)/).map((piece) => {
    if (piece === "\n") return h("br");
    const name = piece.slice(1, -1);
    return piece.startsWith(":") && isEmoji(name) ? emojiNode(name) : piece;
  });
}

export const fence = (text) => h("pre", {}, h("code", {}, text));

export const userMention = (id, names) => h("span", { class: "mention", "data-user": id },
  `@${names.userName(id)}`);

export const channelMention = (id, names) => h("span", { class: "mention", "data-channel": id },
  `#${names.channelName(id)}`);

export const broadcast = (range) => h("span", { class: "mention broadcast" }, `@${range}`);

/** A moment in the reader's zone; the tool tip has the sender's own words. */
export function dateNode({ seconds, format, url, fallback }) {
  const shown = formatDate(seconds, format, fallback);
  const time = h("time", { title: fallback, "data-seconds": seconds }, shown);
  return url ? link(url, time) : time;
}

function listItem({ marker, indent, children }, names) {
  return h("li", { class: `indent-${indent}` },
    h("span", { class: "marker" }, marker === "-" ? "•" : marker), h("span", {}, inline(children, names)));
}
