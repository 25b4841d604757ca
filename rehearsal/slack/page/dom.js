// Builds DOM nodes. Text enters the page as text nodes and attribute values only,
// so nothing that somebody wrote into a message can become markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. `on` holds listeners; null, undefined and false leave an
 * attribute out, true sets it empty; `value` is set as a property. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

function set(node, name, value) {
  if (value == null || value === false) return;
  if (name === "on") listen(node, value);
  else if (name === "value") node.value = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

function listen(node, listeners) {
  for (const [event, listener] of Object.entries(listeners)) {
    node.addEventListener(event, listener);
  }
}

/** Make an SVG drawing out of shapes written as [tag, attributes]. */
export function drawing(shapes) {
  const svg = svgNode("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" });
  svg.append(...shapes.map(([tag, attrs]) => svgNode(tag, attrs)));
  return svg;
}

function svgNode(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

let serial = 0;

/** An id that no other element of this page has. */
export function freshId(stem) {
  serial += 1;
  return `${stem}-${serial}`;
}

/** A colour that is surely a colour: "#rrggbb" of "rrggbb" or "#rrggbb", else null. */
export function hexColour(text) {
  const found = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(String(text ?? ""));
  return found ? `#${found[1]}` : null;
}

/** The address if a person may follow it (http, https, mailto), else null. */
export function safeUrl(text) {
  try {
    const url = new URL(String(text));
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens elsewhere and tells the other side nothing about this page. */
export function link(url, ...children) {
  const href = safeUrl(url);
  if (!href) return h("span", { class: "bad-link", title: "not a web address" }, children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, children);
}
