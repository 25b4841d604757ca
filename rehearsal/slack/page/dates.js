// Moments as Slack words them, in the reader's own time zone.

const DAY_S = 86400;
const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit", hour12: false },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false },
};
const AGO = [[86400, "day"], [3600, "hour"], [60, "minute"]];

/** One named part of a moment: "time", "date_short_pretty", "ago" …; null if unknown. */
function part(name, seconds, now) {
  if (name === "ago") return ago(seconds, now);
  if (name === "date_num") return isoDay(seconds);
  const pretty = name.endsWith("_pretty");
  const format = FORMATS[pretty ? name.slice(0, -"_pretty".length) : name];
  if (!format) return null;
  return (pretty && prettyDay(seconds, now)) || worded(seconds, format);
}

const worded = (seconds, format) => new Date(seconds * 1000).toLocaleString("en-GB", format);

function isoDay(seconds) {
  return new Date(seconds * 1000).toLocaleDateString("sv-SE", FORMATS.date_num);
}

function prettyDay(seconds, now) {
  const day = isoDay(seconds);
  const words = [["today", 0], ["yesterday", -DAY_S], ["tomorrow", DAY_S]];
  return words.find(([, shift]) => day === isoDay(now + shift))?.[0] ?? null;
}

function ago(seconds, now) {
  const age = Math.abs(now - seconds);
  const [unit, name] = AGO.find(([size]) => age >= size) ?? [1, "second"];
  const count = Math.floor(age / unit);
  const phrase = `${count} ${name}${count === 1 ? "" : "s"}`;
  return seconds > now ? `in ${phrase}` : `${phrase} ago`;
}

/** Fill a format such as "{date_short_pretty} at {time}". A format with a part that
 * does not exist, or a moment that is none, gives the fallback. */
export function formatDate(seconds, format, fallback, now = Date.now() / 1000) {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8e12) return fallback;
  let broken = false;
  const text = format.replace(/\{([^{}]*)\}/g, (whole, name) => {
    const words = part(name, seconds, now);
    broken ||= words === null;
    return words ?? whole;
  });
  return broken ? fallback : text;
}

/** "14:02" of a Slack timestamp. */
export const clockTime = (ts) => worded(Number(ts), FORMATS.time);

/** "Monday, 23 November 2026, 14:02:31" for a tool tip. */
export const fullTime = (ts) => worded(Number(ts), { ...FORMATS.date_long, ...FORMATS.time_secs });

/** "Today", "Yesterday" or the day's date. */
export function dayName(ts, now = Date.now() / 1000) {
  const name = part("date_long_pretty", Number(ts), now);
  return name[0].toUpperCase() + name.slice(1);
}
