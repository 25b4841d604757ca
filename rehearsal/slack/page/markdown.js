// The markdown block: the usual Markdown, as far as Slack shows it. The tree's inline
// part is the one of mrkdwn, so both are drawn alike.

import { h } from "./dom.js";
import { isEmoji } from "./emoji.js";
import { fence, inline } from "./ink.js";

const DEEPEST = 6;
const FENCE = /^\s*(?:```|~~~)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/;
const ITEM = /^(\s*)(?:[-*+]|(\d{1,4})[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?)?\s*$/;

const INLINES = [
  [/`([^`\n]{1,3000})`/y, (found) => ({ type: "code", text: found[1] })],
  [/!\[([^\]\n]{0,500})\]\(([^()\s]{1,2000})\)/y, (found) => ({ type: "text", text: `[image: ${found[1]}]` })],
  [/\[([^\]\n]{1,500})\]\(([^()\s]{1,2000})\)/y, (found, depth) => linked(found[2], parse(found[1], depth + 1))],
  [/<(https?:\/\/[^<>\s]{1,2000})>/y, (found) => linked(found[1], [{ type: "text", text: found[1] }])],
  [/https?:\/\/[^\s<>()]*[^\s<>().,;:!?*_~`'"]/y, (found) => linked(found[0], [{ type: "text", text: found[0] }])],
  [/(\*\*|__)(?=\S)(.{1,3000}?\S?)\1/y, (found, depth) => marked("strong", found[2], depth)],
  [/~~(?=\S)(.{1,3000}?)~~/y, (found, depth) => marked("del", found[1], depth)],
  [/\*(?=[^\s*])([^\n]{0,3000}?[^\s*])\*/y, (found, depth) => marked("em", found[1], depth)],
  [/(?<![A-Za-z0-9])_(?=[^\s_])([^\n]{0,3000}?[^\s_])_(?![A-Za-z0-9])/y, (found, depth) => marked("em", found[1], depth)],
  [/:([a-z0-9_+-]{1,60}):/y, (found) => (isEmoji(found[1]) ? { type: "emoji", name: found[1] } : null)],
  [/\\([!-/:-@[-`{-~])/y, (found) => ({ type: "text", text: found[1] })],
  [/\n/y, () => ({ type: "br" })],
];

const linked = (url, children) => ({ type: "link", url, children });
const marked = (type, text, depth) => ({ type, children: parse(text, depth + 1) });

function parse(text, depth = 0) {
  if (depth > DEEPEST) return [{ type: "text", text }];
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const found = firstInline(text, at, depth);
    if (found && plain) nodes.push({ type: "text", text: plain });
    if (found) nodes.push(found.node);
    plain = found ? "" : plain + text[at];
    at = found ? found.end : at + 1;
  }
  return plain ? [...nodes, { type: "text", text: plain }] : nodes;
}

function firstInline(text, at, depth) {
  for (const [pattern, make] of INLINES) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    const node = found && make(found, depth);
    if (node) return { node, end: at + found[0].length };
  }
  return null;
}

/** Nodes of a Markdown text. */
export function markdown(text, names) {
  const lines = String(text ?? "").split("\n");
  const nodes = [];
  for (let at = 0; at < lines.length;) {
    const [node, used] = nextBlock(lines, at, names);
    if (node) nodes.push(node);
    at += used;
  }
  return nodes;
}

/** The block that starts at a line, and how many lines it takes (at least one). */
function nextBlock(lines, at, names) {
  const line = lines[at];
  if (!line.trim()) return [null, 1];
  if (FENCE.test(line)) return fenceBlock(lines, at);
  if (RULE.test(line)) return [h("hr"), 1];
  if (HEADING.test(line)) return [heading(line, names), 1];
  if (line.includes("|") && TABLE_RULE.test(lines[at + 1] ?? "")) return tableBlock(lines, at, names);
  if (/^\s*>/.test(line)) return run(lines, at, /^\s*>/, (some) => quote(some, names));
  if (ITEM.test(line)) return run(lines, at, ITEM, (some) => list(some, names));
  return paragraph(lines, at, names);
}

function run(lines, at, pattern, build) {
  let end = at;
  while (end < lines.length && pattern.test(lines[end])) end += 1;
  return [build(lines.slice(at, end)), end - at];
}

function fenceBlock(lines, at) {
  let end = at + 1;
  while (end < lines.length && !FENCE.test(lines[end])) end += 1;
  return [fence(lines.slice(at + 1, end).join("\n")), end - at + 1];
}

function heading(line, names) {
  const [, signs, text] = HEADING.exec(line);
  return h("div", { class: `heading heading-${signs.length}`, role: "heading",
    "aria-level": signs.length }, inline(parse(text), names));
}

function quote(lines, names) {
  const text = lines.map((line) => line.replace(/^\s*> ?/, "")).join("\n");
  return h("blockquote", {}, inline(parse(text), names));
}

function list(lines, names) {
  return h("ul", { class: "marked-list" }, lines.map((line) => {
    const [, indent, number, text] = ITEM.exec(line);
    const depth = Math.min(Math.floor(indent.length / 2), 4);
    return h("li", { class: `indent-${depth}` },
      h("span", { class: "marker" }, number ? `${number}.` : "•"), h("span", {}, taskText(text, names)));
  }));
}

function taskText(text, names) {
  const [, box, rest] = /^(\[[ xX]\]\s+)?(.*)$/.exec(text);
  const tick = box && h("input", { type: "checkbox", disabled: true, checked: /x/i.test(box) });
  return [tick, inline(parse(rest), names)];
}

function tableBlock(lines, at, names) {
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const row = (line, cell) => h("tr", {}, cells(line).map((text) => h(cell, {}, inline(parse(text), names))));
  const body = lines.slice(at + 2, end).map((line) => row(line, "td"));
  return [h("table", { class: "table" }, h("thead", {}, row(lines[at], "th")), h("tbody", {}, body)), end - at];
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((text) => text.trim());

function paragraph(lines, at, names) {
  const starts = (line) => !line.trim() || [FENCE, RULE, HEADING, ITEM, /^\s*>/].some((one) => one.test(line));
  let end = at + 1;
  while (end < lines.length && !starts(lines[end])) end += 1;
  return [h("p", {}, inline(parse(lines.slice(at, end).join("\n")), names)), end - at];
}
