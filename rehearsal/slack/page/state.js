// What this user sees, as a fold over the server's messages. Pure: no DOM, no clock.

export const EMPTY = Object.freeze({
  team: { id: "", name: "" }, users: [], channels: [], messages: {}, ephemerals: [],
  views: [], notices: [], commands: [], app: "up", ready: false,
});

const FOLDS = {
  state: (state, delta) => ({ ...EMPTY, app: state.app, ...delta, ready: true,
    ephemerals: (delta.ephemerals ?? []).map((one) => ({ ...one, ephemeral: true })) }),
  message: (state, { channel, message }) => (message.ephemeral
    ? addEphemeral(state, channel, message)
    : withMessages(state, channel, (all) => upsert(all, message, "ts"))),
  message_deleted: (state, { channel, ts }) => ({
    ...withMessages(state, channel, (all) => all.filter((one) => one.ts !== ts)),
    ephemerals: state.ephemerals.filter((one) => one.ts !== ts || one.channel !== channel),
  }),
  ephemeral: (state, { channel, message }) => addEphemeral(state, channel, message),
  view: (state, { view }) => ({ ...state, views: upsert(state.views, view, "id") }),
  view_closed: (state, { id }) => ({
    ...state, views: state.views.filter((view) => view.id !== id),
  }),
  notice: (state, { text, kind }) => ({
    ...state, notices: [...state.notices, { text, kind }],
  }),
  presence: (state, { app }) => ({ ...state, app }),
};

/** The state after one message of the server. A message of an unknown type changes
 * nothing: an older page may stand before a newer server. */
export function apply(state, delta) {
  const fold = Object.hasOwn(FOLDS, delta.type) ? FOLDS[delta.type] : null;
  return fold ? fold(state, delta) : state;
}

function addEphemeral(state, channel, message) {
  const marked = { ...message, channel, ephemeral: true };
  return { ...state, ephemerals: upsert(state.ephemerals, marked, "ts") };
}

function withMessages(state, channel, change) {
  const messages = { ...state.messages, [channel]: change(state.messages[channel] ?? []) };
  return { ...state, messages };
}

function upsert(all, item, key) {
  const at = all.findIndex((one) => one[key] === item[key]);
  return at < 0 ? [...all, item] : all.with(at, item);
}

/** Messages are in the order of their timestamps ("seconds.micros"). */
const byTs = (a, b) => Number(a.ts) - Number(b.ts) || (a.ts < b.ts ? -1 : 1);

const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** What stands in a channel: no replies, but for those that were sent there too. */
export function channelLines(state, channel) {
  const shown = (state.messages[channel] ?? []).filter(
    (message) => !isReply(message) || message.subtype === "thread_broadcast",
  );
  return [...shown, ...ephemeralsIn(state, channel, (one) => !isReply(one))].sort(byTs);
}

/** The first message of a thread (null when it was deleted) and its replies. */
export function threadLines(state, channel, ts) {
  const all = state.messages[channel] ?? [];
  const replies = [
    ...all.filter((message) => message.thread_ts === ts && message.ts !== ts),
    ...ephemeralsIn(state, channel, (one) => isReply(one) && one.thread_ts === ts),
  ].sort(byTs);
  return { root: all.find((message) => message.ts === ts) ?? null, replies };
}

function ephemeralsIn(state, channel, wanted) {
  return state.ephemerals.filter((one) => one.channel === channel && wanted(one));
}

/** How many replies a message has: what the server says, or what is here if more. */
export function replyCount(state, channel, message) {
  const here = (state.messages[channel] ?? []).filter(
    (one) => one.thread_ts === message.ts && one.ts !== message.ts,
  );
  return Math.max(message.reply_count ?? 0, here.length);
}

/** The newest timestamp in a channel, "0" if it is empty. */
export function newestTs(state, channel) {
  return (state.messages[channel] ?? []).reduce(
    (newest, { ts }) => (Number(ts) > Number(newest) ? ts : newest), "0",
  );
}

/** Finds a person and a channel by id, and says what they are called. */
export function names(state) {
  const users = new Map(state.users.map((user) => [user.id, user]));
  const channels = new Map(state.channels.map((channel) => [channel.id, channel]));
  return {
    user: (id) => users.get(id) ?? null,
    userName: (id) => personName(users.get(id)) ?? id,
    channelName: (id) => channels.get(id)?.name ?? id,
    bot: () => state.users.find((user) => user.is_bot) ?? null,
  };
}

const personName = (user) => user && (user.real_name || user.name);
