// A list of nodes that follows a list of items: a node is built again only when its
// item changed, so focus, carets and open lists elsewhere stay where they are.

/** Returns update(items) for `parent`; an item is {key, sign, build()}. */
export function keyedList(parent) {
  let known = new Map();
  return function update(items) {
    const next = new Map();
    for (const item of items) next.set(item.key, keepOrBuild(known.get(item.key), item));
    dropMissing(known, next);
    place(parent, [...next.values()].map((entry) => entry.node));
    known = next;
  };
}

function keepOrBuild(entry, item) {
  if (entry && entry.sign === item.sign) return entry;
  const node = item.build();
  if (entry) replace(entry.node, node);
  return { sign: item.sign, node };
}

/** Puts a new node in the place of an old one; focus goes to the same element. */
function replace(old, node) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(node);
  if (focused) focusSame(node, focused);
}

function focusSame(node, focused) {
  const { actionId, blockId, value } = focused.dataset;
  const twin = [...node.querySelectorAll("[data-action-id]")].find(
    ({ dataset }) => dataset.actionId === actionId && dataset.blockId === blockId
      && dataset.value === value,
  );
  twin?.focus();
}

function dropMissing(known, next) {
  for (const [key, { node }] of known) if (!next.has(key)) node.remove();
}

function place(parent, nodes) {
  nodes.forEach((node, index) => {
    const there = parent.children[index];
    if (there !== node) parent.insertBefore(node, there ?? null);
  });
}
