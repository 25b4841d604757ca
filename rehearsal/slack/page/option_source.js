// Where a select's options come from: its own list, the app, the people, the channels.

const SHORTEST_QUERY = 3;  // Slack's default for min_query_length

/** Returns a source: {wait(typed) -> hint or null, find(typed) -> groups}; a group is
 * {label, options}, its label null when there is only one. */
export function optionSource(element, seat) {
  const type = element.type.replace(/^multi_/, "");
  if (type === "external_select") return external(element, seat);
  if (type === "users_select") return local([group(null, people(seat))]);
  if (type !== "static_select") return local([group(null, channels(seat))]);
  return local(groupsOf(element));
}

const group = (label, options) => ({ label, options });

/** The groups of a select, or of an app's answer to a block_suggestion. */
export function groupsOf({ options, option_groups: groups }) {
  if (groups) return groups.map((one) => group(one.label?.text ?? "", one.options ?? []));
  return [group(null, options ?? [])];
}

function local(groups) {
  return { wait: () => null, find: async (typed) => groups
    .map(({ label, options }) => group(label, options.filter((one) => matches(one, typed))))
    .filter(({ options }) => options.length > 0) };
}

function matches({ text, description }, typed) {
  const words = `${text?.text ?? ""} ${description?.text ?? ""}`.toLowerCase();
  return words.includes(typed.trim().toLowerCase());
}

function external(element, seat) {
  const shortest = element.min_query_length ?? SHORTEST_QUERY;
  const missing = (typed) => shortest - typed.length;
  return {
    wait: (typed) => (missing(typed) > 0
      ? `Type ${missing(typed)} more character${missing(typed) > 1 ? "s" : ""} to search` : null),
    find: async (typed) => groupsOf(await seat.surface.suggest(seat.block, element, typed)),
  };
}

const optionOf = (id, words) => ({ text: { type: "plain_text", text: words }, value: id });

function people({ surface }) {
  return surface.state().users.filter((user) => !user.is_bot && !user.deleted)
    .map((user) => optionOf(user.id, surface.names.userName(user.id)));
}

function channels({ surface }) {
  return surface.state().channels.map(({ id, name }) => optionOf(id, `# ${name}`));
}

/** The options behind a held value, which is options, or ids of people or channels. */
export function chosenOptions(value, seat) {
  return [value ?? []].flat().map((one) => (typeof one === "string"
    ? optionOf(one, nameOfId(one, seat.surface.names)) : one));
}

const nameOfId = (id, names) => (/^[UW]/.test(id) ? names.userName(id) : `# ${names.channelName(id)}`);

/** The value to hold for chosen options. */
export function heldValue(element, options) {
  const plainIds = /users|channels|conversations/.test(element.type);
  const values = options.map((option) => (plainIds ? option.value : option));
  return element.type.startsWith("multi_") ? values : values[0] ?? null;
}
