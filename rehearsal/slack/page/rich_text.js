// The rich_text block: sections, lists, quotes, code, and every kind of leaf.

import { h, hexColour, link } from "./dom.js";
import { emojiNode, isEmoji } from "./emoji.js";
import { broadcast, channelMention, dateNode, userMention } from "./ink.js";
import { unsupported } from "./unsupported.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

const LEAVES = {
  text: ({ text }) => breaks(text),
  link: ({ url, text }) => link(url, text || url),
  emoji: (leaf) => emojiLeaf(leaf),
  user: ({ user_id: id }, names) => userMention(id, names),
  usergroup: ({ usergroup_id: id }) => h("span", { class: "mention" }, `@${id}`),
  team: ({ team_id: id }) => h("span", { class: "mention" }, `@${id}`),
  channel: ({ channel_id: id }, names) => channelMention(id, names),
  broadcast: ({ range }) => broadcast(range),
  date: (leaf) => dateLeaf(leaf),
  color: ({ value }) => colourLeaf(value),
};

const PARTS = {
  rich_text_section: (part, names) => h("p", {}, leaves(part, names)),
  rich_text_quote: (part, names) => h("blockquote", {}, leaves(part, names)),
  rich_text_preformatted: (part, names) => h("pre", {}, h("code", {}, leaves(part, names))),
  rich_text_list: (part, names) => list(part, names),
};

/** Nodes of a rich_text block. */
export function richText(block, names) {
  return (block.elements ?? []).map((part) => (Object.hasOwn(PARTS, part.type)
    ? PARTS[part.type](part, names) : unsupported("element", part.type)));
}

const leaves = (part, names) => (part.elements ?? []).map((leaf) => styledLeaf(leaf, names));

function styledLeaf(leaf, names) {
  if (!Object.hasOwn(LEAVES, leaf.type)) return unsupported("element", leaf.type);
  const styles = Object.keys(STYLES).filter((style) => leaf.style?.[style]);
  return styles.reduceRight((node, style) => h(STYLES[style], {}, node), LEAVES[leaf.type](leaf, names));
}

function breaks(text) {
  return String(text ?? "").split(/(\n)/).map((piece) => (piece === "\n" ? h("br") : piece));
}

/** An emoji by its name, else by its code points ("1f600-200d"), else its name. */
function emojiLeaf({ name, unicode }) {
  if (isEmoji(name)) return emojiNode(name);
  const points = String(unicode ?? "").split("-").map((point) => Number.parseInt(point, 16));
  const known = unicode && points.every((point) => point >= 0 && point <= 0x10ffff);
  return h("span", { class: "emoji", title: `:${name}:` },
    known ? String.fromCodePoint(...points) : `:${name}:`);
}

function dateLeaf({ timestamp, format, url, fallback }) {
  const words = fallback ?? String(timestamp);
  return dateNode({ seconds: Number(timestamp), format: String(format ?? ""), url, fallback: words });
}

function colourLeaf(value) {
  const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
  swatch.style.backgroundColor = hexColour(value) ?? "";
  return h("span", {}, swatch, value);
}

/** Slack numbers an ordered list from its offset; its bullets change with depth. */
function list({ style, indent = 0, offset = 0, elements = [] }, names) {
  const depth = Math.min(Math.max(Number(indent) || 0, 0), 4);
  const marker = (index) => (style === "ordered" ? `${offset + index + 1}.` : "•◦▪"[depth % 3]);
  return h("ul", { class: "marked-list" }, elements.map((item, index) => h(
    "li", { class: `indent-${depth}` },
    h("span", { class: "marker" }, marker(index)), h("span", {}, leaves(item, names)),
  )));
}
