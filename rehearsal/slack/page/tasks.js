// The plan and its task cards.

import { drawing, h, link } from "./dom.js";
import { richText } from "./rich_text.js";

const LINE = { fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round" };
const RING = ["circle", { ...LINE, cx: 10, cy: 10, r: 7.5 }];
const DISC = ["circle", { cx: 10, cy: 10, r: 8.5, fill: "currentColor" }];
const WHITE = { ...LINE, stroke: "#fff" };

const SIGNS = {
  pending: [["circle", { ...LINE, cx: 10, cy: 10, r: 7.5, "stroke-dasharray": "2.5 3" }]],
  in_progress: [RING, ["path", { ...LINE, d: "M10 5.5v4.5l3 2" }]],
  complete: [DISC, ["path", { ...WHITE, d: "M6.2 10.3l2.6 2.6 5-5.5" }]],
  error: [DISC, ["path", { ...WHITE, d: "M7 7l6 6M13 7l-6 6" }]],
};
const WORDS = { pending: "Pending", in_progress: "In progress", complete: "Complete", error: "Error" };

export function planBlock(block, surface) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === "complete").length;
  return h("div", { class: "plan", role: "group", "aria-label": block.title },
    h("div", { class: "plan-title" }, block.title,
      tasks.length > 0 && h("span", { class: "quiet" }, ` ${done} of ${tasks.length}`)),
    h("div", { role: "list" }, tasks.map((task) => h("div", { role: "listitem" }, taskCard(task, surface)))));
}

export function taskCard(task, surface) {
  const status = Object.hasOwn(SIGNS, task.status) ? task.status : "pending";
  return h("div", { class: `task task-${status}`, "data-task-id": task.task_id, "data-status": status },
    h("span", { class: "task-sign", role: "img", "aria-label": WORDS[status], title: WORDS[status] }, drawing(SIGNS[status])),
    h("div", { class: "task-text" },
      h("div", { class: "task-title" }, task.title),
      task.details && h("div", { class: "task-details" }, richText(task.details, surface.names)),
      task.output && h("div", { class: "task-output" }, richText(task.output, surface.names)),
      task.sources && h("div", { class: "task-sources" }, task.sources.map((source) => link(source.url, source.text ?? source.url)))));
}
