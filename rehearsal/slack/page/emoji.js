// Names of emoji. The ones that carry meaning in an incident are drawn here, so that
// they look the same on a machine without an emoji font; the rest are characters.

import { drawing, h } from "./dom.js";

const CHARACTERS = {
  alarm_clock: "⏰", anchor: "⚓", arrow_forward: "▶️", arrow_right: "➡️", arrow_up: "⬆️", arrow_down: "⬇️",
  arrows_counterclockwise: "🔄", bar_chart: "📊", bell: "🔔", book: "📖", boom: "💥",
  bug: "🐛", bulb: "💡", calendar: "📆", clipboard: "📋", clock1: "🕐", computer: "💻",
  construction: "🚧", eyes: "👀", file_folder: "📁", fire: "🔥", fire_engine: "🚒",
  gear: "⚙️", ghost: "👻", hammer_and_wrench: "🛠️", heart: "❤️", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", hospital: "🏥", information_source: "ℹ️", key: "🔑",
  large_blue_circle: "🔵", large_green_circle: "🟢", large_orange_circle: "🟠",
  large_red_circle: "🔴", large_yellow_circle: "🟡", link: "🔗", lock: "🔒", mag: "🔍",
  memo: "📝", no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", ok_hand: "👌",
  package: "📦", point_right: "👉", rewind: "⏪", left_right_arrow: "↔️", page_facing_up: "📄", paperclip: "📎", pray: "🙏", pushpin: "📌",
  question: "❓", raised_hand: "✋", red_circle: "🔴", rocket: "🚀", rotating_light: "🚨",
  satellite: "🛰️", shield: "🛡️", slightly_smiling_face: "🙂", smile: "😄", sos: "🆘",
  sparkles: "✨", speech_balloon: "💬", stethoscope: "🩺", stopwatch: "⏱️", tada: "🎉",
  thinking_face: "🤔", thumbsdown: "👎", thumbsup: "👍", "+1": "👍", "-1": "👎",
  timer_clock: "⏲️", unlock: "🔓", warning: "⚠️", wave: "👋", white_check_mark: "✅",
  ballot_box_with_check: "☑️", heavy_check_mark: "✔️", heavy_multiplication_x: "✖️",
  white_circle: "⚪", black_circle: "⚫", white_large_square: "⬜", wrench: "🔧",
  x: "❌", zap: "⚡", grey_question: "❔", grey_exclamation: "❕", exclamation: "❗",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", fast_forward: "⏩",
  double_vertical_bar: "⏸️", black_right_pointing_triangle: "▶️", repeat: "🔁",
};

const LINE = { fill: "none", "stroke-width": 2.4, "stroke-linecap": "round", "stroke-linejoin": "round" };
const disc = (fill) => [["circle", { cx: 10, cy: 10, r: 8, fill }]];
const sign = (colour) => [
  ["path", { ...LINE, stroke: colour, d: "M7 7.2a3 3 0 1 1 4.4 2.7c-1 .6-1.4 1.1-1.4 2.3" }],
  ["circle", { cx: 10, cy: 15.8, r: 1.5, fill: colour }],
];
const bang = (colour) => [
  ["path", { ...LINE, stroke: colour, d: "M10 4v7.5" }],
  ["circle", { cx: 10, cy: 15.8, r: 1.5, fill: colour }],
];
const tick = (colour) => ["path", { ...LINE, stroke: colour, d: "M5.6 10.4l3 3 5.8-6.4" }];
const box = (fill) => ["rect", { x: 1.5, y: 1.5, width: 17, height: 17, rx: 4, fill }];
const bar = (fill, y) => ["rect", { x: 4.5, y, width: 11, height: 3, rx: 1, fill }];
const GLASS = [
  ["path", { fill: "#cfe8f5", d: "M6 4h8c0 4-3 4.5-3 6s3 2 3 6H6c0-4 3-4.5 3-6s-3-2-3-6z" }],
  ["path", { fill: "#e0a63a", d: "M7 16c.4-2 2-3 3-3.6 1 .6 2.6 1.6 3 3.6z" }],
  ["path", { ...LINE, "stroke-width": 2, stroke: "#9a6b2f", d: "M5 3h10M5 17h10" }],
];
const LAMP = [
  ["path", { fill: "#e01e3c", d: "M5.5 14V10a4.5 4.5 0 0 1 9 0v4z" }],
  ["rect", { x: 3.5, y: 14.5, width: 13, height: 3, rx: 1, fill: "#56606b" }],
  ["path", { ...LINE, "stroke-width": 1.6, stroke: "#f2a33c", d: "M10 1.2v2M3.4 4.2l1.3 1.3M16.6 4.2l-1.3 1.3" }],
];

const DRAWN = {
  white_check_mark: [box("#2ba04b"), tick("#fff")],
  ballot_box_with_check: [box("#3b76c4"), tick("#fff")],
  heavy_check_mark: [tick("#2ba04b")],
  x: [["path", { ...LINE, "stroke-width": 3.2, stroke: "#d92f45", d: "M4.5 4.5l11 11M15.5 4.5l-11 11" }]],
  grey_question: sign("#8a929b"), question: sign("#d92f45"),
  grey_exclamation: bang("#8a929b"), exclamation: bang("#d92f45"),
  warning: [
    ["path", { fill: "#f6c344", stroke: "#d99a17", "stroke-linejoin": "round", d: "M10 2.5L18.5 17h-17z" }],
    ["path", { ...LINE, "stroke-width": 2, stroke: "#4a3a10", d: "M10 8v4" }],
    ["circle", { cx: 10, cy: 14.8, r: 1.2, fill: "#4a3a10" }],
  ],
  information_source: [box("#3b76c4"), ["circle", { cx: 10, cy: 5.8, r: 1.4, fill: "#fff" }],
    ["path", { ...LINE, stroke: "#fff", d: "M10 9.5v5.5" }]],
  hourglass: GLASS, hourglass_flowing_sand: GLASS, rotating_light: LAMP,
  large_green_circle: disc("#2ba04b"), large_red_circle: disc("#d92f45"),
  red_circle: disc("#d92f45"), large_yellow_circle: disc("#f2c037"),
  large_orange_circle: disc("#ee8b2c"), large_blue_circle: disc("#3b76c4"),
  black_circle: disc("#3a3f45"),
  white_circle: [["circle", { cx: 10, cy: 10, r: 7.5, fill: "#fff", stroke: "#b5bcc4" }]],
  no_entry: [...disc("#d92f45"), bar("#fff", 8.5)],
  octagonal_sign: [["path", { fill: "#d92f45", d: "M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7z" }], bar("#fff", 8.5)],
  double_vertical_bar: [box("#3b76c4"), ["path", { ...LINE, stroke: "#fff", d: "M7.5 6v8M12.5 6v8" }]],
  point_right: [["path", { fill: "#f2b84b", stroke: "#b07a1e", "stroke-width": 1, "stroke-linejoin": "round",
    d: "M2 7.5h5l2-2h3.2L10.8 8H18a1.3 1.3 0 0 1 0 2.6h-5.2a1.3 1.3 0 0 1 0 2.4 1.2 1.2 0 0 1-1 2.2H7l-2 .8H2z" }]],
  fast_forward: [box("#3b76c4"), ["path", { fill: "#fff", d: "M4.5 5.5l5.5 4.5-5.5 4.5zM10 5.5l5.5 4.5-5.5 4.5z" }]],
  rewind: [box("#3b76c4"), ["path", { fill: "#fff", d: "M15.5 5.5L10 10l5.5 4.5zM10 5.5L4.5 10l5.5 4.5z" }]],
  arrow_forward: [box("#3b76c4"), ["path", { fill: "#fff", d: "M7.5 5.5l7 4.5-7 4.5z" }]],
  left_right_arrow: [box("#3b76c4"), ["path", { ...LINE, stroke: "#fff", "stroke-width": 2,
    d: "M4 10h12M7 7l-3 3 3 3M13 7l3 3-3 3" }]],
  black_right_pointing_triangle: [box("#3b76c4"), ["path", { fill: "#fff", d: "M7.5 5.5l7 4.5-7 4.5z" }]],
};

/** Is this the name of an emoji that the page can show? */
export const isEmoji = (name) => Object.hasOwn(CHARACTERS, name);

/** The emoji as a node that a screen reader calls by its name. */
export function emojiNode(name) {
  const drawn = Object.hasOwn(DRAWN, name) ? drawing(DRAWN[name]) : CHARACTERS[name];
  return h("span", { class: "emoji", role: "img", "aria-label": `:${name}:`,
    title: `:${name}:`, "data-emoji": name, "data-character": CHARACTERS[name] }, drawn);
}
