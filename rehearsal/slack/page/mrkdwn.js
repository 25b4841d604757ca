// Slack's mrkdwn, parsed into a tree. Pure: no DOM. Whatever is no markup stays text.

import { isEmoji } from "./emoji.js";

// Text of strangers may nest marks without end, or open one and never close it.
const DEEPEST = 6;
const LONGEST_MARK = 3000;

const MARKS = { "*": "strong", _: "em", "~": "del" };
const CHARACTERS = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const QUOTE = /^(?:&gt;|>) ?/;
const REST_QUOTE = /^(?:&gt;|>){3} ?/;
const ITEM = /^(\s*)([•◦▪‣-]|\d{1,3}\.)\s+/;

/** Undo Slack's three escapes. */
export const decode = (text) => text.replace(/&(?:amp|lt|gt);/g, (found) => CHARACTERS[found]);

/** Blocks of a mrkdwn text: fence, quote, list and lines. */
export function parseMrkdwn(text) {
  return String(text ?? "").split(/```([\s\S]+?)```/).flatMap(
    (piece, index) => (index % 2 ? [fence(piece)] : parseLines(trimBreaks(piece))),
  );
}

const trimBreaks = (text) => text.replace(/^\n|\n$/g, "");

const fence = (text) => ({ type: "fence", text: flat(trimBreaks(text)) });

/** Code shows an address as itself, or by its label. */
function flat(text) {
  return decode(text.replace(/<((?:https?|mailto):[^<>|\s]+)(?:\|([^<>]*))?>/g,
    (whole, url, label) => label || url));
}

function parseLines(text) {
  if (!text) return [];
  const blocks = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    if (REST_QUOTE.test(lines[at])) {
      const rest = lines.slice(at).join("\n").replace(REST_QUOTE, "");
      return [...blocks, { type: "quote", children: parseInline(rest) }];
    }
    addLine(blocks, lines[at]);
  }
  return blocks.map(finished);
}

function addLine(blocks, line) {
  const last = blocks.at(-1);
  const type = QUOTE.test(line) ? "quote" : ITEM.test(line) ? "list" : "lines";
  if (last?.type === type) last.raw.push(line);
  else blocks.push({ type, raw: [line] });
}

function finished({ type, raw, ...done }) {
  if (!raw) return { type, ...done };
  if (type === "list") return { type, items: raw.map(listItem) };
  const lines = type === "quote" ? raw.map((line) => line.replace(QUOTE, "")) : raw;
  return { type, children: parseInline(lines.join("\n")) };
}

function listItem(line) {
  const [start, indent, marker] = ITEM.exec(line);
  return { marker, indent: Math.min(Math.floor(indent.length / 2), 4),
    children: parseInline(line.slice(start.length)) };
}

/** The inline tree of a text: text, br, code, emoji, link, mentions, marks. */
export function parseInline(text, depth = 0) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const found = READERS.reduce((hit, read) => hit ?? read(text, at, depth), null);
    if (found) nodes.push(...asText(plain), found.node);
    plain = found ? "" : plain + text[at];
    at = found ? found.end : at + 1;
  }
  return [...nodes, ...asText(plain)];
}

const asText = (plain) => (plain ? [{ type: "text", text: decode(plain) }] : []);

const READERS = [readBreak, readCode, readAngle, readEmoji, readBareUrl, readMark];

function readBreak(text, at) {
  return text[at] === "\n" ? { node: { type: "br" }, end: at + 1 } : null;
}

function readCode(text, at) {
  const found = text[at] === "`" && match(/`([^`\n]{1,3000})`/y, text, at);
  return found ? { node: { type: "code", text: flat(found[1]) }, end: at + found[0].length } : null;
}

function readEmoji(text, at) {
  const found = text[at] === ":" && match(/:([a-z0-9_+-]{1,60}):/y, text, at);
  if (!found || !isEmoji(found[1])) return null;
  return { node: { type: "emoji", name: found[1] }, end: at + found[0].length };
}

function readBareUrl(text, at) {
  if (text[at] !== "h" || wordBefore(text, at)) return null;
  const found = match(/https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]}'"*_~`]/y, text, at);
  if (!found) return null;
  const url = decode(found[0]);
  return { node: linkNode(url, url), end: at + found[0].length };
}

/** *bold*, _italic_, ~strike~: hugging their words, closed on the same line. */
function readMark(text, at, depth) {
  const type = MARKS[text[at]];
  if (!type || depth >= DEEPEST || wordBefore(text, at)) return null;
  const sign = text[at] === "*" ? "\\*" : text[at];
  const mark = new RegExp(
    `${sign}(?=[^\\s${sign}])([^\\n]{0,${LONGEST_MARK}}?[^\\s${sign}])${sign}(?![\\p{L}\\p{N}_])`, "uy",
  );
  const found = match(mark, text, at);
  if (!found) return null;
  return { node: { type, children: parseInline(found[1], depth + 1) }, end: at + found[0].length };
}

function readAngle(text, at) {
  const found = text[at] === "<" && match(/<([^<>\n]{1,3000})>/y, text, at);
  const node = found && angleNode(found[1]);
  return node ? { node, end: at + found[0].length } : null;
}

function angleNode(body) {
  const bar = body.indexOf("|");
  const head = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : decode(body.slice(bar + 1));
  if (head.startsWith("!")) return specialNode(head.slice(1), label);
  if (/^@[UW]\w+$/.test(head)) return { type: "user", id: head.slice(1) };
  if (/^#[CG]\w+$/.test(head)) return { type: "channel", id: head.slice(1) };
  if (/^(?:https?|mailto):/i.test(head)) return linkNode(decode(head), label);
  return null;
}

function specialNode(head, label) {
  if (/^(?:channel|here|everyone)$/.test(head)) return { type: "broadcast", range: head };
  const group = /^subteam\^(S\w+)$/.exec(head);
  if (group) return { type: "usergroup", id: group[1], label };
  const [name, seconds, format, url] = head.split("^");
  if (name !== "date" || !format) return null;
  return { type: "date", seconds: Number(seconds), format, url: url ?? null, fallback: label };
}

const linkNode = (url, label) => ({
  type: "link", url, children: [{ type: "text", text: label || url.replace(/^mailto:/i, "") }],
});

const wordBefore = (text, at) => at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1]);

function match(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
