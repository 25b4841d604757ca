// A form's field for files: they are chosen or dropped, uploaded at once, and listed.

import { freshId, h } from "./dom.js";
import { dropZone } from "./drop.js";
import { valueOf } from "./element_state.js";
import { accessibleName, dataOf } from "./seat.js";

/** The field; each file it holds has a button that takes it out again. */
export function fileInput(element, seat) {
  const { block, surface } = seat;
  const most = element.max_files ?? 10;
  const held = () => valueOf(element, surface.held(block.block_id, element.action_id)) ?? [];
  const list = h("ul", { class: "chosen-files" });
  const put = (files) => {
    surface.change(block, element, files);
    show();
  };
  const take = async (files) => {
    input.value = "";
    const added = await surface.upload([...files].slice(0, most - held().length));
    put([...held(), ...added]);
  };
  const show = () => list.replaceChildren(...held().map((file) => h("li", { "data-file-name": file.name },
    h("span", {}, file.name), h("button", { type: "button", class: "close", "aria-label": `Remove ${file.name}`,
      on: { click: () => put(held().filter(({ id }) => id !== file.id)) } }, "×"))));
  const input = h("input", { type: "file", multiple: most > 1, ...dataOf(element, seat),
    ...accessibleName(element, { ...seat, id: seat.id ?? freshId("file") }), on: { change: () => take([...input.files]) } });
  const node = h("div", { class: "file-field" }, input, list);
  dropZone(node, take);
  show();
  return node;
}
