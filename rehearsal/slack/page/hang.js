// Hangs a list under what it belongs to. A scrolling box would cut it off, so it is
// fixed to the window and follows its anchor until let go.

const TALLEST_PX = 260;
const GAP_PX = 2;

/** Returns letGo(). If the anchor leaves the page, gone() is called. */
export function hang(anchor, list, { wide, gone }) {
  const follow = () => (anchor.isConnected ? place(anchor, list, wide) : gone());
  const watch = new AbortController();
  const options = { capture: true, passive: true, signal: watch.signal };
  document.addEventListener("scroll", follow, options);
  window.addEventListener("resize", follow, options);
  follow();
  return () => watch.abort();
}

function place(anchor, list, wide) {
  const { left, top, bottom, width } = anchor.getBoundingClientRect();
  const below = window.innerHeight - bottom;
  const up = below < TALLEST_PX && top > below;
  Object.assign(list.style, {
    left: `${left}px`, width: wide ? `${width}px` : "auto",
    top: up ? "auto" : `${bottom + GAP_PX}px`,
    bottom: up ? `${window.innerHeight - top + GAP_PX}px` : "auto",
    maxHeight: `${Math.min(TALLEST_PX, (up ? top : below) - 8)}px`,
  });
}
