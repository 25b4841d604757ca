// Starts the page: who and where one is stands in the address, so a reload keeps it.

import { App } from "./app.js";
import { Extras } from "./extras.js";
import { Modals } from "./modal.js";
import { Notices } from "./notices.js";
import { ChannelPane, ThreadPane } from "./panes.js";
import { Sidebar } from "./sidebar.js";

const at = (id) => document.getElementById(id);

function placeOf(hash) {
  const place = new URLSearchParams(hash.replace(/^#/, ""));
  return { user: place.get("user"), channel: place.get("channel"), thread: place.get("thread") };
}

function rememberPlace({ user, channel, thread }) {
  const known = Object.entries({ user, channel, thread }).filter(([, value]) => value);
  history.replaceState(null, "", `#${new URLSearchParams(known)}`);
}

function start() {
  const app = new App(placeOf(location.hash));
  const notices = new Notices(at("notices"));
  const sidebar = new Sidebar(at("sidebar"), app);
  const modals = new Modals(app);
  app.parts = [sidebar, new ChannelPane(at("channel"), app), new ThreadPane(at("thread"), app), modals];
  app.onNotice = (text, kind) => {
    notices.show(text, kind);
    if (kind === "error") modals.say(text);
  };
  app.onPlace = rememberPlace;
  new Extras(sidebar.extras, app);
  // A page that was left must not go on being somebody; it may be come back to.
  addEventListener("pagehide", () => app.hangUp?.());
  addEventListener("pageshow", (event) => event.persisted && app.start());
  app.start();
}

start();
