// The place of an element: {block, surface, id?, labelledBy?, describedBy?, invalid?}.
// A surface is the message or the view around it: it knows names, sends presses,
// fetches suggestions and keeps what was filled in.

/** What tests and scripts find an element by. */
export function dataOf(element, seat) {
  return { "data-action-id": element.action_id, "data-block-id": seat.block.block_id,
    ...seat.surface.tags };
}

/** How a screen reader calls a control: by its label, or by the best text at hand. */
export function accessibleName(element, seat) {
  if (seat.labelledBy) {
    return { id: seat.id, "aria-labelledby": seat.labelledBy,
      "aria-describedby": seat.describedBy, "aria-invalid": seat.invalid ? "true" : null };
  }
  const name = element.accessibility_label || element.placeholder?.text
    || seat.fallback || element.action_id;
  return { "aria-label": name };
}
