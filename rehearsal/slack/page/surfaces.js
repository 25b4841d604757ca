// The two places blocks stand in, and what an element may do there (see seat.js).

import { pressOf } from "./element_state.js";
import { post } from "./wire.js";

const TYPING_PAUSE_MS = 150;

/** A message: a change is a press, as Slack sends one for each. */
export function messageSurface(app, channel, ts) {
  const place = { channel, ts };
  const press = (block, element, payload) => app.send("/page-api/press", naming(place, block, element, payload));
  return {
    names: app.names, state: () => app.state, tags: { "data-ts": ts, "data-channel": channel },
    press, suggest: (block, element, typed) => suggest(app, place, block, element, typed),
    held: (blockId, actionId) => app.drafts.get(ts, blockId, actionId),
    change: (block, element, value, { press: asked = false } = {}) => {
      app.drafts.set(ts, block.block_id, element, value);
      if (asked) press(block, element, pressOf(element, value));
    },
  };
}

/** A view: an input's change is kept on the server; elsewhere a change is a press. */
export function viewSurface(app, view) {
  const place = { view_id: view.id };
  const press = async (block, element, payload) => {
    await app.keeper.flush();
    return app.send("/page-api/view/press", naming(place, block, element, payload));
  };
  return {
    names: app.names, state: () => app.state, tags: { "data-view-id": view.id }, press,
    upload: (files) => app.chooseFiles(files),
    suggest: async (block, element, typed) => {
      await app.keeper.flush();
      return suggest(app, place, block, element, typed);
    },
    held: (blockId, actionId) => app.drafts.get(view.id, blockId, actionId)
      ?? view.values?.[blockId]?.[actionId] ?? null,
    change: (block, element, value, { typing = false, press: asked = false } = {}) => {
      const state = app.drafts.set(view.id, block.block_id, element, value);
      app.keeper.keep({ ...naming(place, block, element), state }, typing);
      if (asked && (block.type !== "input" || block.dispatch_action)) press(block, element, pressOf(element, value));
    },
  };
}

const naming = (place, block, element, payload = {}) => ({
  ...place, block_id: block.block_id, action_id: element.action_id, ...payload,
});

function suggest(app, place, block, element, typed) {
  return post("/page-api/view/suggest", { user: app.user, ...naming(place, block, element), typed });
}

/** Sends what was typed, in order, when typing pauses or something must know it. */
export class Keeper {
  constructor(send) {
    Object.assign(this, { send, waiting: new Map(), timer: null, line: Promise.resolve() });
  }

  /** Remember an element's state for the server; only the last of a field counts. */
  keep(input, typing) {
    clearTimeout(this.timer);
    this.waiting.set(`${input.view_id}\n${input.block_id}\n${input.action_id}`, input);
    if (typing) this.timer = setTimeout(() => this.flush(), TYPING_PAUSE_MS);
    else this.flush();
  }

  /** Resolves when the server has everything that was typed until now. */
  flush() {
    clearTimeout(this.timer);
    const inputs = [...this.waiting.values()];
    this.waiting.clear();
    for (const input of inputs) {
      this.line = this.line.then(() => this.send("/page-api/view/input", input));
    }
    return this.line;
  }
}
