// One message: who, when, what, its files, and the way into its thread.

import { blockNode } from "./blocks.js";
import { clockTime, fullTime } from "./dates.js";
import { drawing, h, hexColour } from "./dom.js";
import { mrkdwn } from "./ink.js";
import { messageSurface } from "./surfaces.js";
import { unsupported } from "./unsupported.js";

const EYE = [
  ["path", { fill: "none", stroke: "currentColor", "stroke-width": 1.6, d: "M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10z" }],
  ["circle", { cx: 10, cy: 10, r: 2.6, fill: "currentColor" }],
];

/** A message as a node. `shape` is {follows, replies, inThread}. */
export function messageNode(app, channel, message, shape) {
  const author = authorOf(app, message);
  const node = h("article", {
    class: `message${shape.follows ? " follows" : ""}${message.ephemeral ? " ephemeral" : ""}`,
    "data-ts": message.ts, "data-channel": channel, "data-user": message.user,
    "data-ephemeral": message.ephemeral ? "true" : null, "aria-label": `${author.name}, ${clockTime(message.ts)}`,
  }, avatar(author), h("div", { class: "message-body" },
    message.ephemeral && onlyYou(), byline(author, message),
    h("div", { class: "content" }, contentOf(app, channel, message)),
    threadLink(app, message, shape)), hoverBar(app, message, shape));
  return node;
}

/** Who a message is by: a person, or an app with a name of its own. */
export function authorOf(app, message) {
  const user = app.names.user(message.user) ?? (message.bot_id ? app.names.bot() : null);
  const isApp = Boolean(message.bot_id || user?.is_bot);
  const name = message.username || user?.real_name || user?.name || message.user || "unknown";
  return { name, isApp, user, colour: hexColour(user?.color) ?? (isApp ? "#3b5b7a" : "#6b7480") };
}

function avatar({ name, colour, isApp }) {
  const node = h("div", { class: `avatar${isApp ? " app" : ""}`, "aria-hidden": "true" }, initials(name));
  node.style.backgroundColor = colour;
  return node;
}

/** Up to two letters that stand for a name. */
export const initials = (name) => [...String(name).matchAll(/[\p{L}\p{N}]+/gu)].slice(0, 2)
  .map(([word]) => [...word][0].toUpperCase()).join("") || "?";

function byline({ name, isApp, user }, message) {
  return h("div", { class: "byline" },
    h("span", { class: "author" }, name), isApp && h("span", { class: "badge" }, "APP"),
    personBadges(user),
    h("time", { title: fullTime(message.ts) }, clockTime(message.ts)),
    message.edited && h("span", { class: "quiet edited" }, "(edited)"));
}

/** What one should know about a person before trusting a press of theirs. */
export function personBadges(user) {
  return [user?.is_guest && h("span", { class: "badge guest" }, "GUEST"),
    user?.is_external && h("span", { class: "badge external" }, "EXTERNAL")];
}

const onlyYou = () => h("div", { class: "only-you" }, drawing(EYE), "Only visible to you");

function contentOf(app, channel, message) {
  const surface = messageSurface(app, channel, message.ts);
  const hasBlocks = message.blocks?.length > 0;
  return [
    hasBlocks ? message.blocks.map((block) => blockNode(block, surface)) : mrkdwn(message.text, app.names),
    (message.attachments ?? []).length > 0 && unsupported("part", "attachments"),
    (message.files ?? []).map(fileChip),
  ];
}

function fileChip({ id, name, title, size, mimetype }) {
  const kind = /\.(\w{1,5})$/.exec(name ?? "")?.[1] ?? "file";
  return h("div", { class: "file", "data-file-id": id, "data-file-name": name },
    h("span", { class: "file-kind", "aria-hidden": "true" }, kind.toUpperCase()),
    h("span", {}, h("strong", {}, title || name || id), h("span", { class: "quiet" }, [mimetype, fileSize(size)].filter(Boolean).join(" · "))));
}

function fileSize(size) {
  if (size == null) return "";
  if (size < 1024) return `${size} B`;
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(1)} kB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}

function threadLink(app, message, { replies, inThread }) {
  if (inThread || !replies) return null;
  return h("button", { type: "button", class: "thread-link", "data-thread-ts": message.ts,
    on: { click: () => app.openThread(message.ts) } },
  `${replies} ${replies === 1 ? "reply" : "replies"}`, h("span", { class: "quiet" }, "View thread"));
}

function hoverBar(app, message, { inThread }) {
  if (inThread || message.ephemeral) return null;
  return h("div", { class: "hover-bar" }, h("button", { type: "button", class: "reply", "aria-label": "Reply in thread",
    on: { click: () => app.openThread(message.thread_ts ?? message.ts) } }, "Reply in thread"));
}
