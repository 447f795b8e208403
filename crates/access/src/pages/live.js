// Moves a page: puts rendered rows in their place, keeps order and filter, counts times on by
// the server's clock, and says how fresh all this is. It renders nothing that the server could.
"use strict";

const main = document.querySelector("main[data-stream]");
const page = document.body.dataset;

// --- Theme -------------------------------------------------------------------------------

const themeButton = document.getElementById("theme");
const showTheme = () => {
  const theme = document.documentElement.dataset.theme || "auto";
  themeButton.dataset.is = theme;
  themeButton.textContent = { auto: "Auto", light: "Light", dark: "Dark" }[theme];
  themeButton.title = `Theme: ${themeButton.textContent}`;
  themeButton.setAttribute("aria-label", themeButton.title);
};
const keep = (name, value) => {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch { /* A browser that keeps nothing still shows everything. */ }
};
const kept = (name) => {
  try { return localStorage.getItem(name); } catch { return null; }
};
themeButton.addEventListener("click", () => {
  const root = document.documentElement.dataset;
  const next = { undefined: "light", light: "dark", dark: undefined }[root.theme];
  if (next) root.theme = next;
  else delete root.theme;
  keep("busyhour.theme", next || null);
  showTheme();
});
showTheme();

// --- Time --------------------------------------------------------------------------------

// The server's clock minus ours, from the answer that took least long of the last few.
const samples = [];
let offset = Number(page.now) - Date.now();
const learnClock = (now) => {
  samples.push(now - Date.now());
  if (samples.length > 8) samples.shift();
  offset = Math.max(...samples);
};
const serverNow = () => Date.now() + offset;
// The moment of which all times are shown, so that they never differ among themselves.
let beatAt = serverNow();
const loadedAt = beatAt;

const two = (n) => String(n).padStart(2, "0");
const age = (ms) => {
  const secs = Math.max(0, Math.floor(ms / 1000));
  const h = Math.floor(secs / 3600), m = Math.floor(secs / 60) % 60, s = secs % 60;
  if (h === 0) return `${m}:${two(s)}`;
  if (h < 100) return `${h}:${two(m)}:${two(s)}`;
  return `${Math.floor(h / 24)} d ${h % 24} h`;
};
const span = (s) =>
  s >= 3600 && s % 3600 === 0 ? `${s / 3600} h` : s >= 60 && s % 60 === 0 ? `${s / 60} min` : `${s} s`;
const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
const timeOfDay = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const withZone = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short" });
const withDay = new Intl.DateTimeFormat([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const hourMinute = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const setText = (el, text) => { if (el && el.textContent !== text) el.textContent = text; };
const localTimes = (root) => {
  const today = new Date(serverNow()).toDateString();
  for (const el of root.querySelectorAll("time[data-at]")) {
    const at = new Date(Number(el.dataset.at));
    el.dateTime = at.toISOString();
    el.textContent = (at.toDateString() === today ? timeOfDay : withDay).format(at);
  }
  // In charts: moments along the axis, and what is said where one points at a mark.
  for (const el of root.querySelectorAll("svg text[data-at]")) setText(el, hourMinute.format(Number(el.dataset.at)));
  for (const el of root.querySelectorAll("svg title[data-at]")) {
    setText(el, el.textContent.replace(/^[\d:]+ UTC/, timeOfDay.format(Number(el.dataset.at))));
  }
};

// --- Tables ------------------------------------------------------------------------------

const RANK = { "": 0, caution: 1, warning: 2 };
const compareText = new Intl.Collator([], { numeric: true, sensitivity: "base" }).compare;
const setLevel = (el, level) => {
  if (el.classList.contains("caution") !== (level === "caution")) el.classList.toggle("caution");
  if (el.classList.contains("warning") !== (level === "warning")) el.classList.toggle("warning");
};
// Levels are the server's. Only the wait of a single caller is counted on here, by the limits
// that the server sent with its row: a wait only grows.
const levelOfWait = (limit, secs) =>
  secs >= limit.warning ? "warning" : secs >= limit.caution ? "caution" : "";
const levelIn = (el) =>
  el.classList.contains("warning") ? "warning" : el.classList.contains("caution") ? "caution" : "";
// Says aloud what has just begun to be wrong; several at once in one sentence, and no ticks.
const saying = { words: [], due: 0 };
const say = (words) => {
  saying.words.push(words);
  saying.due ||= setTimeout(() => {
    const all = saying.words.splice(0);
    saying.due = 0;
    const more = all.length > 3 ? `, and ${all.length - 3} more` : "";
    const place = document.getElementById("said");
    if (place) place.textContent = all.slice(0, 3).join(". ") + more;
  }, 1_000);
};

// How many rows stand in one <tbody>. The browser leaves out whole bodies that are out of sight;
// leaving out single rows costs it more than it saves.
const BODY_ROWS = 50;

// A table that is sorted, filtered and counted on. `order` holds its rows as they are shown.
class Sorted {
  constructor(table) {
    this.table = table;
    this.heads = [...table.tHead.rows[0].cells];
    this.rows = new Map();
    this.order = [];
    this.words = [];
    this.state = "";
    // How many rows are on each level.
    this.levels = { caution: 0, warning: 0 };
    this.unsorted = false;
    // Rows whose state has just changed, oldest first.
    this.fresh = [];
    const first = this.heads.findIndex((h) => h.classList.contains("who"));
    this.by = { column: first, down: false };
    const [column, down] = (kept(`busyhour.sort.${table.id}`) || table.dataset.by || "").split(" ");
    const known = this.heads.findIndex((h) => h.textContent === column?.replaceAll("_", " "));
    if (known >= 0) this.by = { column: known, down: down === "down" };
    this.heads.forEach((head, i) => head.querySelector("button").addEventListener("click", () => this.sortBy(i)));
    this.flags = document.getElementById(`${table.id}-flags`);
    const attention = this.heads.findIndex((h) => h.classList.contains("att"));
    this.flags?.addEventListener("click", () => { if (this.by.column !== attention || !this.by.down) this.sortBy(attention, true); });
    for (const el of table.querySelectorAll("tbody tr")) this.order.push(this.read(el));
    this.showSort();
    this.sort();
  }

  // What is known of a row: its element, its level, and what it is sorted by.
  read(el) {
    const row = { el, since: Number(el.dataset.t || 0), shown: true, level: "", key: null };
    const [caution, warning] = (el.dataset.w || "").split(" ").map((n) => (n === "-" ? Infinity : Number(n)));
    row.limit = el.dataset.w ? { caution, warning } : null;
    // The name, and after it, small, the identity.
    const who = el.querySelector("th");
    const inner = who.querySelector("a, time") ?? who;
    row.name = inner.firstChild?.textContent.trim() ?? "";
    row.own = who.querySelector("small")?.textContent ?? "";
    this.rows.set(el.id, row);
    this.judge(row, beatAt);
    this.rekey(row);
    return row;
  }

  rekey(row) {
    const cell = row.el.cells[this.by.column];
    const head = this.heads[this.by.column].classList;
    if (head.contains("att")) row.key = RANK[row.level] ? RANK[row.level] * 1e14 + (serverNow() - row.since) : null;
    else if (cell?.querySelector("time[data-at]")) row.key = Number(cell.firstElementChild.dataset.at);
    // Times that are over and those that run are compared as of when the page was loaded.
    else if (cell?.dataset.v) row.key = Number(cell.dataset.v);
    else if (cell?.classList.contains("t")) row.key = row.since ? loadedAt - row.since : null;
    else if (head.contains("n")) {
      const n = parseFloat(cell?.textContent.replace(/[^\d.-]/g, ""));
      row.key = Number.isNaN(n) ? null : n;
    } else row.key = cell?.textContent || null;
    if (head.contains("who")) row.key = row.name || null;
  }

  compare(a, b) {
    const x = a.key, y = b.key;
    let order = 0;
    if (x === null || y === null) order = (x === null) - (y === null);
    else {
      order = typeof x === "number" ? x - y : compareText(x, y);
      if (this.by.down) order = -order;
    }
    return order || compareText(a.name, b.name) || compareText(a.own, b.own) || (a.el.id < b.el.id ? -1 : 1);
  }

  sortBy(column, down) {
    const text = !/\b(n|att)\b/.test(this.heads[column].className);
    const again = this.by.column === column;
    // Numbers and attention are looked at from the top, names from A.
    this.by = { column, down: down ?? (again ? !this.by.down : !text) };
    const name = this.heads[column].textContent.replaceAll(" ", "_");
    keep(`busyhour.sort.${this.table.id}`, `${name} ${this.by.down ? "down" : "up"}`);
    this.order.forEach((row) => this.rekey(row));
    this.showSort();
    this.sort();
  }

  showSort() {
    this.heads.forEach((head, i) => {
      if (i === this.by.column) head.setAttribute("aria-sort", this.by.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  // Sorts all; moves only what does not stand where it should.
  sort() {
    this.unsorted = false;
    const before = this.order;
    this.order = [...before].sort((a, b) => this.compare(a, b));
    const full = [...this.table.tBodies].some((body) => body.rows.length > 2 * BODY_ROWS);
    if (full || this.order.some((row, i) => row !== before[i])) this.layOut();
  }

  // Puts all rows into bodies, in order.
  layOut() {
    const bodies = [];
    for (let i = 0; i < this.order.length || i === 0; i += BODY_ROWS) {
      const body = document.createElement("tbody");
      body.append(...this.order.slice(i, i + BODY_ROWS).map((row) => row.el));
      bodies.push(body);
    }
    const old = [...this.table.tBodies];
    this.table.append(...bodies);
    for (const body of old) body.remove();
  }

  // Removes a row's element, and its body if that was the last row in it.
  take(el) {
    const body = el.parentNode;
    el.remove();
    if (body.rows.length === 0 && this.table.tBodies.length > 1) body.remove();
  }

  // Changes some cells of a row, by their places, and its attributes (`tr`).
  mend(id, cells) {
    const el = this.rows.get(id)?.el;
    if (!el) return;
    const state = el.dataset.s;
    const template = document.createElement("template");
    for (const [place, html] of Object.entries(cells)) {
      template.innerHTML = html;
      const part = template.content.firstElementChild;
      if (place !== "tr") {
        localTimes(template.content);
        el.cells[place].replaceWith(part);
        continue;
      }
      for (const name of el.getAttributeNames()) if (name !== "hidden" && !part.hasAttribute(name)) el.removeAttribute(name);
      for (const { name, value } of part.attributes) el.setAttribute(name, value);
    }
    this.put(el, state);
  }

  // Puts a rendered row in its place. `state`: what it was in before, if it is the same element.
  put(el, state = this.rows.get(el.id)?.el.dataset.s) {
    const old = this.rows.get(el.id);
    if (old) {
      if (state !== el.dataset.s) {
        el.classList.add("fresh");
        this.fresh.push({ el, at: performance.now() });
      }
      if (old.el !== el) old.el.replaceWith(el);
      this.raise(old, "");
    }
    const row = this.read(el);
    // A row that is new to the page has not just begun to be wrong.
    if (old && row.level === "warning" && old.level !== "warning") {
      say(`Warning: ${row.name}, ${el.querySelector("td.att")?.textContent ?? ""}`);
    }
    const at = old ? this.order.indexOf(old) : -1;
    const fits = at >= 0
      && (at === 0 || this.compare(this.order[at - 1], row) < 0)
      && (at + 1 >= this.order.length || this.compare(row, this.order[at + 1]) < 0);
    if (fits) this.order[at] = row;
    else {
      if (at >= 0) {
        this.order.splice(at, 1);
        this.take(el);
      }
      let low = 0, high = this.order.length;
      while (low < high) {
        const mid = (low + high) >> 1;
        if (this.compare(this.order[mid], row) < 0) low = mid + 1;
        else high = mid;
      }
      const next = this.order[low];
      const body = next ? next.el.parentNode : this.table.tBodies[this.table.tBodies.length - 1];
      body.insertBefore(el, next ? next.el : null);
      if (body.rows.length > 2 * BODY_ROWS) this.unsorted = true;
      this.order.splice(low, 0, row);
    }
    this.sift(row);
  }

  drop(id) {
    const row = this.rows.get(id);
    if (!row) return;
    this.rows.delete(id);
    this.raise(row, "");
    this.order.splice(this.order.indexOf(row), 1);
    this.take(row.el);
  }

  // Shows or hides a row by what is looked for.
  sift(row) {
    const text = this.words.length ? `${row.el.textContent} ${row.el.dataset.s || ""}`.toLowerCase() : "";
    const fits = this.words.every((word) => text.includes(word))
      && (!this.state || (row.el.dataset.g ?? row.el.dataset.s) === this.state);
    row.shown = fits;
    if (row.el.hidden === fits) row.el.hidden = !fits;
  }

  siftAll() {
    this.order.forEach((row) => this.sift(row));
    this.count();
  }

  count() {
    const all = this.order.length;
    const shown = this.words.length || this.state ? this.order.filter((row) => row.shown).length : all;
    const words = shown === all ? count(all) : `${count(shown)} of ${count(all)}`;
    setText(document.getElementById(`${this.table.id}-count`), words);
    const none = document.getElementById("none");
    if (none && this === sifted) none.hidden = !(all > 0 && shown === 0);
    // Many rows stand closer.
    this.table.classList.toggle("sifted", shown !== all);
    this.table.classList.toggle("dense", all > 24);
    this.table.classList.toggle("many", all > 14);
  }

  // Puts a row on a level, and counts it there.
  raise(row, level) {
    if (row.level) this.levels[row.level] -= 1;
    if (level) this.levels[level] += 1;
    row.level = level;
  }

  // How much attention a row deserves now.
  judge(row, now) {
    let level = levelIn(row.el);
    if (row.limit) {
      level = levelOfWait(row.limit, (now - row.since) / 1000);
      setLevel(row.el, level);
      setText(row.el.querySelector("td.att"), level ? `Wait over ${span(row.limit[level])}` : "");
    }
    if (level === row.level) return;
    this.raise(row, level);
    if (this.heads[this.by.column].classList.contains("att")) {
      this.rekey(row);
      this.unsorted = true;
    }
  }

  // Counts levels on, everywhere.
  judgeAll(now) {
    while (this.fresh.length && performance.now() - this.fresh[0].at > 1_200) {
      this.fresh.shift().el.classList.remove("fresh");
    }
    for (const row of this.order) if (row.limit) this.judge(row, now);
    if (this.unsorted) this.sort();
    this.showFlags();
  }

  showFlags() {
    if (!this.flags) return;
    const { caution: cautions, warning: warnings } = this.levels;
    const many = (n, word) => (n === 0 ? "" : `${count(n)} ${word}${n === 1 ? "" : "s"}`);
    if (this.flags.hidden !== (warnings + cautions === 0)) this.flags.hidden = !this.flags.hidden;
    this.flags.classList.toggle("warning", warnings > 0);
    setText(this.flags, [many(warnings, "warning"), many(cautions, "caution")].filter(Boolean).join(", "));
  }

  // Counts times on where they can be seen.
  tick(now) {
    const end = window.innerHeight;
    const seen = [];
    for (const body of this.table.tBodies) {
      const place = body.getBoundingClientRect();
      if (place.bottom < 0) continue;
      if (place.top > end) break;
      for (const el of body.rows) {
        if (el.hidden) continue;
        const { top, bottom } = el.getBoundingClientRect();
        if (top > end) break;
        if (bottom >= 0) seen.push(this.rows.get(el.id));
      }
    }
    // All reading before all writing: one layout.
    for (const row of seen) if (row.since) setText(row.el.querySelector("td.t"), age(now - row.since));
  }
}

const tables = new Map();
// The table that the box and the buttons of states narrow: the last one.
let sifted = null;
for (const table of document.querySelectorAll("main table:not(.plain)")) {
  sifted = new Sorted(table);
  tables.set(table.dataset.kind ?? (table.id === "queues" ? "q" : "a"), sifted);
}
tables.forEach((table) => table.count());

// --- Filter ------------------------------------------------------------------------------

const find = document.getElementById("find");
const stateButtons = [...document.querySelectorAll(".states button")];
const lookFor = (text, state) => {
  sifted.words = text.toLowerCase().split(/\s+/).filter(Boolean);
  sifted.state = state;
  stateButtons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.s === state)));
  sifted.siftAll();
  tick();
};
if (find && sifted) {
  find.addEventListener("input", () => lookFor(find.value, sifted.state));
  stateButtons.forEach((button) => button.addEventListener("click", () =>
    lookFor(find.value, sifted.state === button.dataset.s ? "" : button.dataset.s)));
  document.getElementById("show-all").addEventListener("click", () => {
    find.value = "";
    lookFor("", "");
    find.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== find && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      find.focus();
    } else if (event.key === "Escape" && document.activeElement === find) {
      find.value = "";
      lookFor("", sifted.state);
    }
  });
}

// Another page may have asked for some rows only.
const lookAsAsked = () => {
  const asked = new URLSearchParams(location.search);
  const state = stateButtons.some((b) => b.dataset.s === asked.get("state")) ? asked.get("state") : "";
  const text = asked.get("q") ?? "";
  if (!find || !sifted || (!text && !state)) return;
  find.value = text;
  lookFor(text, state);
  find.closest("section").scrollIntoView();
};

// --- What comes from the server ----------------------------------------------------------

const number = (text) => Number(text.replace(/[^\d-]/g, "")) || 0;
const drawBar = () => {
  const rects = [...document.querySelectorAll(".bar rect")];
  const counts = rects.map((r) => number(document.querySelector(`.states [data-n="${r.dataset.s}"]`).textContent));
  const all = Math.max(1, counts.reduce((sum, n) => sum + n, 0));
  let x = 0;
  rects.forEach((rect, i) => {
    const width = (counts[i] * 1000) / all;
    rect.setAttribute("x", x.toFixed(1));
    rect.setAttribute("width", width.toFixed(1));
    x += width;
  });
};

// The longest waits in tiles and totals count on.
const showOldest = (now) => {
  for (const el of document.querySelectorAll("[data-n$='oldest'][data-t]")) setText(el, age(now - Number(el.dataset.t)));
};

// The wallboard: waits count on; when its turn is over it asks for the next one. Whose turn it
// is, the server says.
const wall = document.getElementById("wallboard");
const turnSecs = Number(document.getElementById("cards")?.dataset.turn) || 0;
let turnAt = 0;
const showWall = (now) => {
  if (!wall) return;
  for (const el of wall.querySelectorAll(".figure[data-t]")) setText(el.querySelector("b"), age(now - Number(el.dataset.t)));
  const turn = turnSecs ? Math.floor(now / 1000 / turnSecs) : 0;
  if (turn === turnAt) return;
  const first = turnAt === 0;
  turnAt = turn;
  if (first || !source) return;
  // A little late rather than too early: the server's clock decides.
  setTimeout(() => {
    if (document.hidden) return;
    lastId = "0";
    connect();
  }, 150);
};

// Puts a rendered piece of the page in place of the one it renews, as it was left: opened,
// scrolled, and with the keyboard where it was.
const putPiece = (el) => {
  const old = document.getElementById(el.id);
  if (!old) {
    document.getElementById("cards")?.append(el);
    return;
  }
  const parts = "details, .scroll, a, summary";
  const before = [...old.querySelectorAll(parts)], after = [...el.querySelectorAll(parts)];
  const at = before.indexOf(document.activeElement);
  const scrolled = before.map((part) => part.scrollTop);
  for (const [i, part] of before.entries()) if (part.open) after[i]?.setAttribute("open", "");
  old.replaceWith(el);
  scrolled.forEach((top, i) => { if (top && after[i]) after[i].scrollTop = top; });
  if (at >= 0) after[at]?.focus({ preventScroll: true });
};

const apply = (patch) => {
  if (patch.reload) {
    reload();
    return;
  }
  // Rows of tables and other elements are read apart: in one text a browser drops either.
  const came = [patch.rows, patch.pieces].flatMap((text) => {
    const template = document.createElement("template");
    template.innerHTML = text || "";
    localTimes(template.content);
    return [...template.content.children];
  });
  for (const el of came) {
    const table = tables.get(el.id[0]);
    if (table) {
      table.put(el);
      const { since } = table.rows.get(el.id);
      if (since) setText(el.querySelector("td.t"), age(beatAt - since));
    }
    else {
      const old = document.getElementById(el.id);
      if (old && levelIn(el) === "warning" && levelIn(old) !== "warning" && !patch.all) {
        say(`Warning: ${el.querySelector("dt")?.textContent ?? ""} ${el.querySelector("b")?.textContent ?? ""}`);
      }
      putPiece(el);
    }
  }
  const mended = Object.entries(patch.cells || {});
  for (const [id, cells] of mended) {
    const table = tables.get(id[0]);
    table?.mend(id, cells);
    const row = table?.rows.get(id);
    if (row?.since) setText(row.el.querySelector("td.t"), age(beatAt - row.since));
  }
  const gone = patch.gone || [];
  if (patch.all) {
    const ids = new Set(came.map((el) => el.id));
    for (const table of tables.values()) for (const id of table.rows.keys()) if (!ids.has(id)) gone.push(id);
    for (const el of document.querySelectorAll("#cards > *")) if (!ids.has(el.id)) gone.push(el.id);
  }
  for (const id of gone) {
    const table = tables.get(id[0]);
    if (table) table.drop(id);
    else document.getElementById(id)?.remove();
  }
  if (gone.length || came.length || mended.length) tables.forEach((table) => table.count());
  if (came.length) showWall(beatAt);
  for (const [name, text] of Object.entries(patch.figures || {})) {
    for (const el of document.querySelectorAll(`[data-level="${CSS.escape(name)}"]`)) setLevel(el, text);
    for (const el of document.querySelectorAll(`[data-n="${CSS.escape(name)}"]`)) {
      if (!name.endsWith("oldest")) setText(el, text);
      else if (text) el.dataset.t = text;
      else {
        delete el.dataset.t;
        setText(el, "–");
      }
    }
  }
  // Rows and what sums them up are of one moment, so they change in one step.
  tables.forEach((table) => table.showFlags());
  if (patch.figures) {
    if (document.querySelector(".bar")) drawBar();
    showOldest(beatAt);
  }
  for (const id of ["queues-empty", "agents-empty", "centre"]) {
    const place = document.getElementById(id);
    if (place && patch[id] !== undefined) place.innerHTML = patch[id];
  }
  if (patch.notices !== undefined) {
    const notices = document.getElementById("notices");
    const fresh = document.createElement("div");
    fresh.innerHTML = patch.notices;
    localTimes(fresh);
    if (fresh.innerHTML !== notices.innerHTML) {
      const known = new Set([...notices.children].map((el) => el.textContent));
      for (const el of fresh.children) if (!known.has(el.textContent)) say(el.textContent);
      notices.replaceChildren(...fresh.childNodes);
    }
  }
};

const reload = () => {
  // Not in a circle, should the server really send two kinds of pages.
  const last = Number(kept("busyhour.reloaded") || 0);
  if (Date.now() - last < 10_000) return;
  keep("busyhour.reloaded", String(Date.now()));
  location.reload();
};

const badge = document.getElementById("badge");
let source = null;
let lastId = main?.dataset.version ?? "0";
let lastAt = Number(main?.dataset.at || 0);
let heard = 0;
let open = false;
// Whether a connection that we had, or tried to make, is gone.
let lost = false;

const connect = () => {
  source?.close();
  heard = performance.now();
  const stream = main.dataset.stream;
  source = new EventSource(`${stream}${stream.includes("?") ? "&" : "?"}several=${main.dataset.several}&since=${encodeURIComponent(lastId)}`);
  const hear = (event) => {
    heard = performance.now();
    open = true;
    lost = false;
    if (event.lastEventId) lastId = event.lastEventId;
    const data = JSON.parse(event.data);
    if (data.at) lastAt = data.at;
    return data;
  };
  source.addEventListener("clock", (event) => {
    const data = hear(event);
    learnClock(data.now);
    if (data.tag !== page.tag) reload();
    freshness();
  });
  source.addEventListener("patch", (event) => {
    apply(hear(event));
    freshness();
  });
  source.onerror = () => {
    open = false;
    lost = true;
    freshness();
  };
};

// live: what is shown is of now. delayed: the server is heard, its tables are old.
// disconnected: nothing is heard.
const freshness = () => {
  const late = Math.floor((serverNow() - lastAt) / 1000);
  let state = "live", text = "Live";
  if (!open && !lost) [state, text] = ["connecting", "Connecting"];
  else if (!open) [state, text] = ["disconnected", "Disconnected"];
  else if (!lastAt) [state, text] = ["delayed", "Waiting for data"];
  else if (late >= 7) [state, text] = ["delayed", `Delayed ${late} s`];
  if (badge.className !== `badge ${state}`) {
    const before = badge.className;
    badge.className = `badge ${state}`;
    if (state === "disconnected" || state === "delayed") say(`${text}. Figures are not of now.`);
    else if (state === "live" && /disconnected|delayed/.test(before)) say("Live again.");
  }
  document.body.classList.toggle("stale", state === "delayed" || state === "disconnected");
  setText(badge, text);
  const stale = document.getElementById("stale");
  if (!stale) return;
  const old = document.body.classList.contains("stale");
  stale.hidden = !old;
  setText(stale, old ? `${text}: not of now. Figures stand as of ${lastAt ? timeOfDay.format(lastAt) : "never"}.` : "");
};

const tickSeen = () => tables.forEach((table) => table.tick(beatAt));
const tick = () => {
  const now = beatAt = serverNow();
  tables.forEach((table) => table.judgeAll(now));
  tickSeen();
  showOldest(now);
  showWall(now);
  for (const el of document.querySelectorAll(".counted[data-t]")) setText(el, age(now - Number(el.dataset.t)));
  for (const el of document.querySelectorAll("#cards span[data-t]")) setText(el, age(now - Number(el.dataset.t)));
  setText(document.getElementById("now"), withZone.format(now));
};

// A page that nobody sees lets go of its stream after a while, and one that was opened in the
// background does not ask for it: a browser has six connections to a server, for all its pages
// together. `lastId` says where to go on.
const HIDDEN_MS = 5_000;
let hiddenAt = 0;
const letGo = () => {
  source?.close();
  source = null;
  open = false;
  lost = false;
};

localTimes(document);
if (main) {
  lookAsAsked();
  if (!document.hidden) connect();
  const beat = () => {
    if (!document.hidden) tick();
    const silent = performance.now() - heard;
    if (document.hidden) {
      if (source && hiddenAt && performance.now() - hiddenAt > HIDDEN_MS) letGo();
    } else if (!source || silent > 15_000 || (source.readyState === EventSource.CLOSED && silent > 3_000)) {
      // A connection that says nothing for three clocks is none; one that was refused needs us.
      if (source) {
        open = false;
        lost = true;
      }
      connect();
    }
    freshness();
    // The next full second of the server's clock.
    setTimeout(beat, 1000 - (serverNow() % 1000) + 5);
  };
  beat();
  // A page that is left may be kept as it stands, and so would its connection.
  window.addEventListener("pagehide", letGo);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    connect();
    tick();
    freshness();
  });
  document.addEventListener("visibilitychange", () => {
    hiddenAt = document.hidden ? performance.now() : 0;
    if (document.hidden) return;
    if (!source) connect();
    tick();
    freshness();
  });
  document.addEventListener("scroll", () => requestAnimationFrame(tickSeen), { passive: true });
  // What is cut short is shown whole where one points at it.
  document.addEventListener("mouseover", (event) => {
    const cell = event.target.closest?.("td, th");
    if (cell && !cell.title && cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent;
  });
}
