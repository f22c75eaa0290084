// Keeps a console page fresh: one EventSource, elements swapped by id with the server's own markup, running times ticked.
// The page is whole without this file. Everything inserted was made and escaped by the server of the same origin.
const $ = (id) => document.getElementById(id);
const head = () => $("live");
const held = new Map();   // id -> element's new markup, kept back while pointer or focus is on the old one
let cursor = "", source = null, state = "on", at = "", lastRow = "", said = "", wait = 1000, ready = 0;
let now = Number($("clock")?.dataset.now ?? Date.now()), rate = Number(head()?.dataset.rate ?? 1), base = performance.now();

const words = (name) => head()?.dataset[name] ?? "";
const time = () => now + (performance.now() - base) * rate;
const two = (n) => String(n).padStart(2, "0");
const span = (ms) => {
  const s = Math.floor(Math.abs(ms) / 1000), m = Math.floor(s / 60), h = Math.floor(m / 60);
  return s < 60 ? `${s} s` : m < 60 ? `${m} min` : h < 10 ? `${h} h ${two(m % 60)}` : h < 48 ? `${h} h` : `${Math.floor(h / 24)} d`;
};
const clock = (ms) => {
  const d = new Date(ms + Number($("clock")?.dataset.offset ?? 0) * 60000);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
};

// ---- Running times ----
function tick() {
  const t = time(), still = state !== "on";
  for (const rel of document.querySelectorAll(".since .rel")) {
    const ago = t - Date.parse(rel.parentElement.dateTime);
    const form = ago < 0 ? rel.dataset.ahead ?? words("in") : rel.dataset.past ?? "{span}";
    const text = form.replace("{span}", span(ago));
    if (rel.textContent !== text) rel.textContent = text;
  }
  const face = $("clock");
  if (face && !still) face.textContent = `${clock(t)} ${face.dataset.zone}`;
}

// ---- Connection: words and sign together, announced once ----
function show(next) {
  if (next === state) return;
  state = next;
  if (state !== "on") at = clock(time());
  paint();
  say(state === "on" ? words("on") : words(state).replace("{at}", at));
}
function paint() {
  head()?.classList.toggle("off", state === "off");
  if ($("live-word")) $("live-word").textContent = state === "on" ? words("on") : words(state).replace("{at}", at);
  if ($("live-time")) $("live-time").hidden = state !== "on";
  let button = $("pause");
  if (!button && head()) {
    button = Object.assign(document.createElement("button"), { id: "pause", type: "button", className: "plain" });
    button.addEventListener("click", () => (state === "paused" ? connect() : (source?.close(), show("paused"))));
    head().append(" ", button);
  }
  if (button) button.textContent = words(state === "paused" ? "resume" : "pause");
}
function say(text) {
  if (text && text !== said && $("say")) $("say").textContent = said = text;
}
function connect() {
  const stream = words("stream");
  if (!stream) return;
  const address = new URL(stream, location.href);
  if (cursor) address.searchParams.set("cursor", cursor);
  source?.close();
  source = new EventSource(address);
  source.onopen = () => { wait = 1000; show("on"); };
  source.onerror = () => {
    source.close();
    if (state === "paused") return;
    show("off");
    clearTimeout(ready);
    ready = setTimeout(connect, wait + Math.random() * 500);
    wait = Math.min(wait * 2, 15000);
  };
  source.addEventListener("swap", (event) => swap(JSON.parse(event.data)));
}

// ---- Swapping ----
function swap(data) {
  cursor = data.cursor ?? cursor;
  if (data.status?.now_ms) { now = data.status.now_ms; base = performance.now(); rate = data.status.rate || rate; }
  for (const { id, html } of data.changes ?? []) touched(id) ? held.set(id, html) : (held.delete(id), put(id, html));
  for (const id of data.removed ?? []) touched(id) ? held.set(id, "") : (held.delete(id), $(id)?.remove());
  say(data.status?.announce);
  offer();
  tick();
}
// What is under the pointer or holds the focus stays where it is.
const touched = (id) => { const e = $(id); return !!e && (e.matches(":hover") || e.contains(document.activeElement)); };
function offer() {
  const bar = $("pending");
  if (!bar) return;
  bar.hidden = held.size === 0;
  $("apply").textContent = words(held.size === 1 ? "one" : "other").replace("{n}", held.size);
}
const plain = (e) => { const c = e.cloneNode(true); c.querySelectorAll(".rel").forEach((r) => r.remove()); return c.textContent.trim(); };
function put(id, html) {
  const old = $(id);
  if (!old) return;
  if (!html) return old.remove();
  const next = document.createRange().createContextualFragment(html).firstElementChild;
  const before = new Map([...old.querySelectorAll("li[id], tr[id]")].map((e) => [e.id, plain(e)]));
  for (const d of old.querySelectorAll("details[id]")) { const n = next.querySelector(`#${CSS.escape(d.id)}`); if (n) n.open = d.open; }
  old.replaceWith(next);
  for (const e of next.querySelectorAll("li[id], tr[id]")) if (before.get(e.id) !== plain(e)) e.classList.add("fresh");
  if (next.contains(head())) paint();
}
function apply() {
  for (const [id, html] of held) put(id, html);
  held.clear();
  offer();
  document.querySelector(`[href="${CSS.escape(lastRow)}"]`)?.focus();
}

// ---- Keys; the letters can be switched off ----
const rows = () => [...document.querySelectorAll(".needs .truck-id, .truck, .list tbody th a, .doc > summary")];
const needs = () => [...document.querySelectorAll(".needs .truck-id, .truck.w, .truck.x")];
function step(list, by) {
  const here = list.indexOf(document.activeElement);
  list[here < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(here + by, 0), list.length - 1)]?.focus();
}
function keys(open) { $("keys").hidden = !open; if (open) $("keys").focus(); }
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && $("keys") && !$("keys").hidden) return keys(false);
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (localStorage.getItem("keys") === "off" && event.key !== "?") return;
  const act = { "/": () => $("q")?.focus(), n: () => step(needs(), 1), j: () => step(rows(), 1), k: () => step(rows(), -1), "?": () => keys(true) }[event.key];
  if (act) { event.preventDefault(); act(); }
});
document.addEventListener("focusin", (event) => { lastRow = event.target.getAttribute?.("href") ?? lastRow; });
document.addEventListener("click", (event) => {
  if (event.target.id === "apply") apply();
  if (event.target.id === "keys-close") keys(false);
  if (event.target.id === "keys-on") localStorage.setItem("keys", event.target.checked ? "on" : "off");
});
if ($("keys-on")) $("keys-on").checked = localStorage.getItem("keys") !== "off";
$("faults")?.focus();
// A form that came back with faults, or a page out of the browser's store, must not say that it is live.
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
paint();
connect();
setInterval(tick, 1000);
