// The two ways to the server: a WebSocket that comes back by itself, and POST.

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;

/** Follow the workspace as one user (null: as the server's default).
 * onDelta gets each message, onLink "up" or "down". Returns close(). */
export function follow(user, onDelta, onLink) {
  const line = { wait: FIRST_WAIT_MS, closed: false, socket: null, timer: null };
  const connect = () => {
    line.socket = new WebSocket(socketUrl(user));
    line.socket.onopen = () => { line.wait = FIRST_WAIT_MS; onLink("up"); };
    line.socket.onmessage = (event) => { if (!line.closed) onDelta(JSON.parse(event.data)); };
    line.socket.onclose = () => comeBack(line, connect, onLink);
  };
  connect();
  return () => hangUp(line);
}

function socketUrl(user) {
  const url = new URL("/page-api/socket", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (user) url.searchParams.set("user", user);
  return url.href;
}

function comeBack(line, connect, onLink) {
  if (line.closed) return;
  onLink("down");
  line.timer = setTimeout(connect, line.wait);
  line.wait = Math.min(line.wait * 2, LONGEST_WAIT_MS);
}

function hangUp(line) {
  line.closed = true;
  clearTimeout(line.timer);
  line.socket.close();
}

/** The server, or the way to it, refused; the message is for people. */
export class Refusal extends Error {}

/** POST a JSON body; the JSON answer, or a Refusal with the server's reason. */
export async function post(path, body) {
  return send(path, {
    method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** POST one file into a channel or a thread. */
export async function postFile(user, { channel, threadTs }, file) {
  const form = new FormData();
  form.set("user", user);
  form.set("channel", channel);
  if (threadTs) form.set("thread_ts", threadTs);
  form.set("file", file, file.name);
  return send("/page-api/file", { method: "POST", body: form });
}

/** Upload one file for a form's file field; what the field then holds. */
export async function postChosen(user, file) {
  const form = new FormData();
  form.set("user", user);
  form.set("file", file, file.name);
  return (await send("/page-api/view/file", { method: "POST", body: form })).file;
}

async function send(path, request) {
  const answer = await fetch(path, request).catch(() => {
    throw new Refusal("The workspace cannot be reached. Is the rehearsal still running?");
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(body.error ?? `The workspace answered ${answer.status}.`);
  return body;
}
