// The table block: its first row is the header.

import { h } from "./dom.js";
import { richText } from "./rich_text.js";
import { unsupported } from "./unsupported.js";

const CELLS = {
  raw_text: (cell) => cell.text,
  raw_number: (cell) => String(cell.text ?? cell.value ?? ""),
  rich_text: (cell, names) => richText(cell, names),
};

export function table(block, surface) {
  const [head = [], ...rows] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const row = (cells, tag) => h("tr", {}, cells.map((cell, at) => h(
    tag, { class: columnClass(settings[at], cell), scope: tag === "th" ? "col" : null },
    cellContent(cell, surface.names),
  )));
  return h("div", { class: "table-frame", role: "region", "aria-label": "Table", tabindex: "0" },
    h("table", { class: "table" }, h("thead", {}, row(head, "th")),
      h("tbody", {}, rows.map((cells) => row(cells, "td")))));
}

function columnClass(setting, cell) {
  const align = setting?.align ?? (cell.type === "raw_number" ? "right" : "left");
  return `align-${["center", "right"].includes(align) ? align : "left"}${setting?.is_wrapped ? " wrapped" : ""}`;
}

function cellContent(cell, names) {
  if (!Object.hasOwn(CELLS, cell.type)) return unsupported("cell", cell.type);
  return CELLS[cell.type](cell, names);
}
