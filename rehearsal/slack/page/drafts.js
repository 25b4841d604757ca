// What the person has filled in on this page: it outlives a block that is drawn anew.

import { stateOf } from "./element_state.js";

export class Drafts {
  constructor() {
    this.held = new Map();
  }

  /** The state of an element of a view or message, or null if it was not touched. */
  get(place, blockId, actionId) {
    return this.held.get(place)?.get(`${blockId}\n${actionId}`) ?? null;
  }

  /** Hold a new value; returns it in the words of view.state.values. */
  set(place, blockId, element, value) {
    const state = stateOf(element, value);
    if (!this.held.has(place)) this.held.set(place, new Map());
    this.held.get(place).set(`${blockId}\n${element.action_id}`, state);
    return state;
  }

  /** Was this block of this place touched? */
  touched(place, blockId) {
    return [...(this.held.get(place)?.keys() ?? [])].some((key) => key.startsWith(`${blockId}\n`));
  }

  /** A closed view needs nothing any more. */
  forget(place) {
    this.held.delete(place);
  }
}
