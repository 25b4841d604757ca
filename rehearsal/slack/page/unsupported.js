// What this page cannot show, it names. Nothing vanishes in silence.

import { h } from "./dom.js";

/** A visible box: "unsupported block: video". */
export const unsupported = (what, type) => h(
  "span", { class: "unsupported", role: "note" }, `unsupported ${what}: ${type}`,
);
