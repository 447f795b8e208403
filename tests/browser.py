#!/usr/bin/env python3
"""The pages in a real Chromium, against `busyhour demo`.  Run through browser.sh.

Every check prints one line; the last line counts them. Elements are found by id, role and data
attribute, never by how they look.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.error
import urllib.request

import axe
import look
from webdriver import Browser, Timeout, end, first_match, until

AGENTS = 24
LIMIT_S = 900
NAMES = """[...document.querySelectorAll(`#${arguments[0]} tbody tr > th`)]
  .map((th) => th.querySelector("small")?.textContent ?? th.textContent).sort()"""
CHANGE = """
const texts = () => Object.fromEntries(
  [...document.querySelectorAll("#queues tbody tr, #agents tbody tr")].map((tr) => [tr.id,
    [...tr.cells].filter((td) => !td.classList.contains("t") && !td.classList.contains("att"))
      .map((td) => td.textContent).join("|")]));
const before = window.busyhourBefore ??= texts();
const now = texts();
return Object.keys(now).filter((id) => id in before && now[id] !== before[id])
  .map((id) => `${before[id]} -> ${now[id]}`)[0] ?? null;
"""
# Looks at every second's counting of rows that stay what they are.
COUNTING = """
const done = arguments[arguments.length - 1];
const rows = [...document.querySelectorAll("#agents tbody tr[data-t]")]
  .filter((tr) => tr.querySelector("td.t").textContent).slice(0, 12);
const seconds = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
// What each time showed, and when it began to.
const begin = performance.now();
const now = () => (performance.now() - begin) / 1000;
// A row whose state changes begins anew: its time is another one.
const began = rows.map((tr) => tr.dataset.t);
const seen = rows.map((tr) => [[seconds(tr.querySelector("td.t").textContent), now()]]);
const observer = new MutationObserver(() => rows.forEach((tr, i) => {
  const n = seconds(tr.querySelector("td.t").textContent);
  if (tr.dataset.t !== began[i]) {
    began[i] = tr.dataset.t;
    seen[i].length = 0;
    seen[i].push([n, now()]);
  } else if (tr.isConnected && n !== seen[i].at(-1)[0]) seen[i].push([n, now()]);
}));
observer.observe(document.querySelector("#agents tbody"),
  {subtree: true, childList: true, characterData: true});
const look = setInterval(() => {
  const long = seen.filter((s) => s.length >= 5);
  if (!long.length && now() < 40) return;
  clearInterval(look);
  observer.disconnect();
  done({seen: long, took: now()});
}, 100);
"""
# From here on every change of the agents' table is checked against its order and its filter.
WATCH = """
const body = document.querySelector("#agents tbody");
const order = new Intl.Collator([], {numeric: true, sensitivity: "base"}).compare;
const word = arguments[0];
const column = [...document.querySelectorAll("#agents thead th")]
  .findIndex((th) => th.textContent === "State");
window.busyhourWatch?.observer.disconnect();
const watch = window.busyhourWatch = {changes: 0, wrong: []};
const check = () => {
  const rows = [...body.rows];
  const states = rows.map((tr) => tr.cells[column].textContent);
  const sorted = states.every((s, i) => i === 0 || order(states[i - 1], s) <= 0);
  const sifted = rows.every((tr) =>
    tr.hidden !== `${tr.textContent} ${tr.dataset.s}`.toLowerCase().includes(word));
  if (!sorted) watch.wrong.push("order: " + states.join());
  if (!sifted) watch.wrong.push("filter " + word);
};
watch.observer = new MutationObserver(() => { watch.changes += 1; check(); });
watch.observer.observe(body, {childList: true});
check();
"""
# Name, address, what it must show.
BOARDS = [("Calls", "/calls?state=TALKING", "#calls tbody tr:not([hidden])"),
          ("Trunks", "/trunks", "#trunks tbody tr"),
          ("Anomalies", "/anomalies", "#anomalies-page .empty, #anomalies tbody tr"),
          ("Wallboard", "/wallboard?rotate=20", "#cards .figure")]
GROUP = "Front desk & all"
BADGE = "document.getElementById('badge').textContent"
IS_LIVE = f"{BADGE} === 'Live'"
# Long tasks are collected from the first moment of a page on.
COLLECT = """
window.busyhourTasks = [];
new PerformanceObserver((list) => list.getEntries().forEach((e) =>
  window.busyhourTasks.push([e.startTime, e.duration]))).observe({type: "longtask"});
"""
TIMES = """
const paint = performance.getEntriesByType("paint").find((e) => e.name.startsWith("first-paint"));
const load = performance.getEntriesByType("navigation")[0];
return paint && load.domContentLoadedEventEnd
  ? {paint: paint.startTime, ready: load.domContentLoadedEventEnd} : null;
"""


class Demo:
    """A `busyhour demo` of ours."""

    def __init__(self, agents, port=0):
        self.folder = tempfile.mkdtemp(prefix="busyhour-browser-demo-")
        log = os.path.join(self.folder, "log")
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [os.environ["BUSYHOUR_BIN"], "demo", "--listen", f"127.0.0.1:{port}",
                 "--agents", str(agents), "--seed", "7", "--data", f"{self.folder}/data"],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            self.port = int(first_match(log, r"live at http://127\.0\.0\.1:(\d+)", self.process))
        except BaseException:
            self.stop()
            raise

    def url(self, path="/"):
        """An address of its server."""
        return f"http://127.0.0.1:{self.port}{path}"

    def table(self, name):
        """A table as the API has it; no rows while nothing has been published yet."""
        try:
            with urllib.request.urlopen(self.url(f"/api/v1/{name}"), timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise
            return []

    def stop(self):
        """Ends it by SIGTERM."""
        end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


class Checks:
    """What is checked, in this order; every method is one line of the report."""

    def __init__(self, browser, demo):
        self.browser, self.demo = browser, demo
        self.passed = self.failed = 0
        self.axe = None

    def check(self, name, step, *args):
        """Runs one step: what it returns is printed, what it raises is a failure."""
        begin = time.monotonic()
        try:
            word, said = "ok  ", step(*args)
            self.passed += 1
        except (AssertionError, Timeout, RuntimeError, OSError) as why:
            word, said = "FAIL", why
            self.failed += 1
        took = time.monotonic() - begin
        print(f"{word} {name}{f': {said}' if said else ''} ({took:.1f} s)", flush=True)

    # --- the Floor ---------------------------------------------------------------------------

    def shows(self, seconds=5):
        """All queues and agents of the demo, a few seconds after the page was opened."""
        self.browser.open(self.demo.url())
        def same():
            lists = {}
            for name, key in [("queues", "queue"), ("agents", "agent")]:
                lists[name] = self.browser.js(f"return {NAMES}", name)
                if not lists[name] or lists[name] != sorted(r[key] for r in self.demo.table(name)):
                    return None
            return lists
        lists = until("all queues and agents of the API on the page", seconds, same)
        return f"{len(lists['queues'])} queues, {len(lists['agents'])} agents"

    def live(self):
        """The badge says so; the page has travelled compressed."""
        self.browser.until("the badge says live", 10, IS_LIVE)
        page = self.browser.js("const page = performance.getEntriesByType('navigation')[0]; "
                               "return [page.encodedBodySize, page.decodedBodySize]")
        assert page[0] * 2 < page[1], f"{page[0]} bytes travelled for {page[1]}"
        return f"{page[0]} bytes for {page[1]}"

    def moves(self):
        """Something besides a time changes, on the same page."""
        self.browser.js("window.busyhourBefore = undefined; window.busyhourStays = true")
        change = until("a row changes", 15, lambda: self.browser.js(CHANGE))
        assert self.browser.js("return window.busyhourStays === true"), "the page was loaded anew"
        return change

    def counts(self):
        """Times in state go on, second by second."""
        found = self.browser.js_later(COUNTING)
        assert found["seen"], f"no time counted five values in {found['took']:.0f} s"
        # A busy machine may show a second late, but then it must not be lost. The first value
        # may have stood there for a while.
        for seen in found["seen"]:
            (first, begin), *others = seen[1:]
            for value, at in others:
                assert abs((value - first) - (at - begin)) < 2, f"{seen}"
        return f"{[value for value, _ in found['seen'][0]]}"

    def keyboard_sort(self):
        """The agents by state, with Tab and Enter alone."""
        browser = self.browser
        # From the filter backwards into the table's head is the same way for everybody.
        browser.js("document.getElementById('find').focus()")
        for _ in range(12):
            browser.keys("\ue004")
            if browser.js("return document.activeElement.closest('#agents thead th')"
                          "?.textContent") == "State":
                break
        else:
            raise AssertionError("Tab does not come to the heading State")
        browser.keys("\ue007")
        browser.until("sorted by state", 5, """document.activeElement.closest("th")?.ariaSort
                      === "ascending" """)
        browser.keys("\ue007")
        browser.until("sorted the other way", 5, """document.activeElement.closest("th")?.ariaSort
                      === "descending" """)
        browser.keys("\ue007")
        browser.until("sorted by state again", 5, """document.activeElement.closest("th")?.ariaSort
                      === "ascending" """)

    def filter(self):
        """The box narrows the rows to those that contain the word."""
        browser = self.browser
        browser.keys("/")
        browser.until("/ goes to the filter", 5, "document.activeElement.id === 'find'")
        browser.keys("avail")
        shown = browser.until("fewer agents, but some", 20, """(() => {
            const rows = [...document.querySelectorAll("#agents tbody tr")];
            const shown = rows.filter((tr) => tr.getClientRects().length);
            return shown.length && shown.length < rows.length
              && shown.every((tr) => tr.textContent.toLowerCase().includes("avail"))
              && `${shown.length} of ${rows.length}`; })()""")
        said = browser.js("return document.getElementById('agents-count').textContent")
        assert "of" in said, f"the number of agents shown says {said}"
        return shown

    def survives(self):
        """Order and filter hold through every live change."""
        self.browser.js(WATCH, "avail")
        self.browser.until("five live changes", 40, "busyhourWatch.changes >= 5")
        wrong = self.browser.js("busyhourWatch.observer.disconnect(); return busyhourWatch.wrong")
        assert not wrong, wrong[0]
        assert self.browser.js("return document.getElementById('find').value") == "avail"
        changes = self.browser.js("return busyhourWatch.changes")
        self.browser.keys("\ue00c")
        self.browser.until("Escape shows all again", 5, """[...document.querySelectorAll(
            "#agents tbody tr")].every((tr) => !tr.hidden)""")
        return f"{changes} changes"

    # --- how it looks ------------------------------------------------------------------------

    def themes(self):
        """Dark and light differ, and words can be read in both."""
        worst, grounds = [], []
        for theme in ["light", "dark"]:
            self.browser.media(theme, still=True)
            found = self.browser.js(look.CONTRAST)
            assert len(found["words"]) > 10, f"only {len(found['words'])} words were measured"
            grounds.append(found["ground"])
            word, ratio = min(found["words"], key=lambda pair: pair[1])
            assert ratio >= 4.5, f"{theme}: contrast of {word!r} is {ratio:.2f}"
            worst.append(f"{theme} at least {ratio:.2f} ({word})")
        assert grounds[0] != grounds[1], f"the same ground in both themes: {grounds[0]}"
        return ", ".join(worst)

    def accessible(self, what):
        """No violation of WCAG A and AA, in both themes."""
        found = []
        for theme in ["light", "dark"]:
            self.browser.media(theme, still=True)
            violations, passes = axe.violations(self.browser, self.axe)
            found += [f"{theme}: {v}" for v in violations]
        assert not found, f"{what}: {'; '.join(found)}"
        assert passes >= 10, f"{what}: only {passes} rules applied"
        return f"{passes} rules hold"

    def axe_or_skip(self, name):
        """axe-core on the page as it stands, or a loud word that it was not run."""
        if self.axe:
            self.check(f"{name}: WCAG A and AA by axe-core, both themes", self.accessible, name)

    def phone(self):
        """A narrow page does not scroll sideways."""
        def path_of(kind, table, name):
            row = self.demo.table(table)[0]
            return f"/{kind}/{row['acd']}/{urllib.parse.quote(row[name], safe='')}"
        try:
            self.browser.size(360, 780, phone=True)
            paths = ["/", "/links", "/calls", "/trunks", "/anomalies", "/wallboard",
                     path_of("queue", "queues", "queue"), path_of("agent", "agents", "agent"),
                     path_of("call", "calls", "call"),
                     "/thresholds", "/groups", "/groups?new=x&kind=agents"]
            for path in paths:
                self.browser.open(self.demo.url(path))
                if path.split("?")[0] not in ["/thresholds", "/groups"]:
                    self.browser.until("live", 20, IS_LIVE)
                wide = self.browser.js("""const e = document.documentElement;
                    return [e.scrollWidth, document.body.scrollWidth, e.clientWidth]""")
                assert max(wide[:2]) <= wide[2] == 360, f"{path}: {wide}"
        finally:
            self.browser.size(1280, 800)

    def fits(self):
        """At any usual width the columns of both tables end where the table ends."""
        out = []
        try:
            for wide in [390, 800, 1024, 1280, 1440, 1920]:
                self.browser.size(wide, 900)
                out += self.browser.js("""return [...document.querySelectorAll("table")]
                    .map((t) => [t.id, t.tHead.rows[0].scrollWidth - t.tHead.rows[0].clientWidth])
                    .filter(([, over]) => over > 0)
                    .map(([id, over]) => `${id} at ${arguments[0]}: ${over} px too wide`)""", wide)
        finally:
            self.browser.size(1280, 800)
        assert not out, "; ".join(out)

    def console(self):
        """No error, nothing that the content security policy stopped."""
        bad = [text for level, text in self.browser.console()
               if level == "SEVERE" or "Content Security Policy" in text]
        assert not bad, bad[0]

    # --- Links -------------------------------------------------------------------------------

    def links(self):
        """The link is live, with its version and a round trip."""
        self.browser.open(self.demo.url("/links"))
        row = self.demo.table("links")[0]
        card = self.browser.until("a card that is live and has a round trip", 20, """(() => {
            const card = document.querySelector("#cards article");
            const figure = (name) => [...card.querySelectorAll("dt")]
              .find((dt) => dt.textContent === name)?.nextElementSibling.textContent;
            const trip = card && figure("Round trip");
            return trip && /\\d/.test(trip) && /live/.test(card.textContent)
              && {trip, text: card.textContent}; })()""")
        assert row["version"] in card["text"], f"no {row['version']} in {card['text']}"
        return f"{row['version']}, round trip {card['trip']}"

    def board(self, path, shown, shots):
        """One of the other pages is live and shows something."""
        browser = self.browser
        browser.open(self.demo.url(path))
        browser.until("live", 20, IS_LIVE)
        said = browser.until(f"{shown} on the page", 20, f"""[...document.querySelectorAll({shown!r})]
            .map((el) => el.textContent)[0]""")
        for theme in ["dark", "light"] if shots else []:
            browser.media(theme)
            look.picture(browser, shots, f"{path.split('/')[1].split('?')[0]}-{theme}")
        return said

    def leads_to_queue(self):
        """From the Floor one click leads to a queue, and its agents are those counted there."""
        browser = self.browser
        browser.open(self.demo.url())
        browser.until("live", 20, IS_LIVE)
        name = browser.js("""const link = document.querySelector("#queues tbody th a");
            const name = link.textContent; link.click(); return name;""")
        browser.until("the queue's page", 20,
                      "document.querySelector('#queue-page h1')?.textContent === arguments[0]", name)
        browser.until("live", 20, IS_LIVE)
        return browser.until("as many agents as are staffed", 20, """(() => {
            const rows = document.querySelectorAll("#members tbody tr").length;
            const said = document.querySelector("[data-n=staffed]").textContent;
            return String(rows) === said && `${rows} agents`; })()""")

    # --- what is decided ---------------------------------------------------------------------

    def tab_to(self, what, condition, most=80):
        """Tab until the focus is where the condition says."""
        for _ in range(most):
            if self.browser.js(f"const at = document.activeElement; return Boolean({condition})"):
                return
            self.browser.keys("\ue004")
        raise AssertionError(f"Tab does not come to {what}")

    def threshold(self):
        """With the keyboard alone: limits of one and two seconds on waits; Floor and wallboard
        show the levels that follow."""
        browser = self.browser
        self.console()
        browser.open(self.demo.url("/thresholds"))
        # Into a field by Tab selects what is in it.
        self.tab_to("the caution of waits", """at.name === "caution"
            && at.form.elements.measure.value === "oldest_wait_s" && !at.form.matches(".add")""")
        browser.keys("soon\ue007")
        browser.until("the error beside the field", 10, """document.activeElement.name === "caution"
            && document.activeElement.getAttribute("aria-invalid") === "true"
            && /not .soon/.test(document.getElementById(
              document.activeElement.getAttribute("aria-describedby")).textContent)""")
        # A form that is refused is answered as such, which the console tells.
        other = [text for level, text in browser.console()
                 if level == "SEVERE" and "status of 422" not in text]
        assert not other, other[0]
        browser.js("document.activeElement.select()")
        browser.keys("1\ue0042\ue007")
        browser.until("it is done", 10, "document.querySelector('.notice.done')")
        browser.open(self.demo.url())
        said = browser.until("a queue is at a warning because of it", 60, """[...document
            .querySelectorAll("#queues tbody tr.warning td.att")].map((td) => td.textContent)
            .find((text) => text.includes("Wait over 2 s"))""")
        browser.open(self.demo.url("/wallboard"))
        browser.until("the wallboard names the target", 10, """document
            .querySelector("[id='f:1'] .target")?.textContent === "Target under 1 s" """)
        browser.until("the wallboard shows a level", 60, """/Caution|Warning/.test(document
            .querySelector("[id='f:1'] .word").textContent)""")
        return said

    def undo(self):
        """The history takes it back, by keyboard too."""
        browser = self.browser
        browser.open(self.demo.url("/thresholds"))
        self.tab_to("an undo", """at.textContent === "Undo" """)
        browser.keys("\ue007")
        browser.until("it is as it was built in", 10, """document.querySelector(
            "[id='r:default:oldest_wait_s'] [name=caution]").value === "20"
            && /undone/.test(document.querySelector(".history").textContent)""")

    def group(self):
        """A group is made with the keyboard alone, and has a Floor and a wallboard."""
        browser = self.browser
        browser.open(self.demo.url("/groups"))
        self.tab_to("the new name", """at.name === "new" """)
        browser.keys(GROUP + "\ue007")
        browser.until("its members are chosen", 10, "document.querySelector('.editor')")
        self.tab_to("a member", """at.name === "member" """)
        chosen = browser.js("return document.activeElement.value")
        browser.keys(" ")
        self.tab_to("Save", """at.value === "set" """, 200)
        browser.keys("\ue007")
        browser.until("it is done", 10, "document.querySelector('.notice.done')")
        queue = chosen.split("/", 1)[1]
        ask = urllib.parse.urlencode({"group": GROUP})
        browser.open(self.demo.url(f"/?{ask}"))
        browser.until("live", 20, IS_LIVE)
        browser.until("its only queue on the Floor", 20, """document.querySelectorAll(
            "#queues tbody tr").length === 1 && document.querySelector("#queues tbody th")
            .textContent === arguments[0]""", queue)
        total = browser.js("""return [document.querySelector("tr.totals [data-n=staffed]")
            .textContent, String(document.querySelectorAll("#agents tbody tr").length)]""")
        assert total[0] == total[1], f"the total says {total[0]} agents, {total[1]} are shown"
        browser.open(self.demo.url(f"/wallboard?rotate=5&{ask}"))
        browser.until("live", 20, IS_LIVE)
        browser.until("its wallboard", 10, "document.querySelector('.head h2').textContent === arguments[0]",
                      GROUP)
        browser.open(self.demo.url("/groups"))
        return f"{queue} in {GROUP}, {total[0]} agents"

    def turns(self):
        """A rotating wallboard goes to the next one, without loading the page anew."""
        browser = self.browser
        names = [row["queue"] for row in self.demo.table("queues")]
        with urllib.request.urlopen(self.demo.url("/api/v1/groups"), timeout=30) as answer:
            groups = [row["group"] for row in json.load(answer)]
        assert not groups, f"{groups} would be shown instead"
        browser.open(self.demo.url("/wallboard?rotate=2"))
        browser.until("live", 20, IS_LIVE)
        browser.js("window.busyhourStays = true")
        seen = set()
        def turned():
            seen.add(browser.js("return document.querySelector('.head h2').textContent"))
            return len(seen) >= 3
        until("three views in turn", 30, turned)
        assert browser.js("return window.busyhourStays === true"), "the page was loaded anew"
        assert seen <= {"All queues", *names}, seen
        return ", ".join(sorted(seen))

    def hidden(self):
        """More tabs than a browser has connections to a server: the last is live, too."""
        browser = self.browser
        first = browser.call("GET", f"/session/{browser.session}/window")
        others = []
        try:
            for _ in range(8):
                others.append(browser.post("/window/new", type="tab")["handle"])
                browser.post("/window", handle=others[-1])
                browser.open(self.demo.url())
                browser.until(f"tab {len(others) + 1} is live", 30, IS_LIVE)
        finally:
            for handle in others:
                browser.post("/window", handle=handle)
                browser.call("DELETE", f"/session/{browser.session}/window")
            browser.post("/window", handle=first)
        return f"{len(others) + 1} tabs"
    def leads_to_agent(self, shots):
        """From the Floor one click leads to an agent; his day is drawn and listed."""
        browser = self.browser
        browser.open(self.demo.url())
        browser.until("live", 20, IS_LIVE)
        name = browser.js("""const link = document.querySelector("#agents tbody th a");
            const name = link.textContent; link.click(); return name;""")
        browser.until("the agent's page", 20,
                      "document.querySelector('#agent-page h1')?.textContent === arguments[0]", name)
        browser.until("live", 20, IS_LIVE)
        said = browser.until("bands in the drawing, as many as rows or fewer", 20, """(() => {
            const bands = document.querySelectorAll("svg[role=img] .band").length;
            const rows = document.querySelectorAll("#spans tbody tr").length;
            return bands > 0 && bands <= rows && `${bands} bands, ${rows} rows`; })()""")
        browser.until("the time in his state counts", 20, """(() => {
            const text = document.querySelector(".standing .counted")?.textContent;
            const before = window.busyhourState ??= text;
            return before && text && text !== before; })()""")
        for theme in ["dark", "light"] if shots else []:
            browser.media(theme)
            look.picture(browser, shots, f"agent-{theme}")
        return said

    def leads_to_call(self, shots):
        """From the calls one click leads to a call's life, which goes on while one reads."""
        browser = self.browser
        browser.open(self.demo.url("/calls?state=TALKING"))
        browser.until("live", 20, IS_LIVE)
        # The youngest: it will go on for a while.
        browser.until("a call that is talked on", 30, """(() => {
            const row = document.querySelector("#calls tbody tr[data-s=TALKING]:not([hidden])");
            row?.querySelector("th a").click();
            return row !== null; })()""")
        browser.until("the call's page", 20, "document.querySelector('#call-page h1') !== null")
        browser.until("live", 20, IS_LIVE)
        said = browser.until("its phases and its steps", 20, """(() => {
            const bands = document.querySelectorAll("svg[role=img] .band").length;
            const steps = document.querySelectorAll(".life li").length;
            return bands > 0 && steps > 1 && `${bands} phases, ${steps} steps`; })()""")
        for theme in ["dark", "light"] if shots else []:
            browser.media(theme)
            look.picture(browser, shots, f"call-{theme}")
        ended = "document.querySelector('.standing [data-s=ENDED]') !== null"
        browser.js("""document.querySelector(".numbers").open = true;
            window.busyhourFigure = document.querySelector("figure.chart");""")
        browser.until("the drawing is renewed, its numbers still open, unless it has ended", 20,
                      f"""{ended} || (document.querySelector("figure.chart") !== busyhourFigure
                      && document.querySelector(".numbers").open)""")
        return said

    def draws_the_hour(self, shots):
        """A queue's page draws its last hour, and says the same in numbers."""
        browser = self.browser
        browser.open(self.demo.url("/"))
        browser.until("queues", 20, "document.querySelector('#queues tbody th a') !== null")
        browser.js("document.querySelector('#queues tbody th a').click()")
        browser.until("live", 20, f"document.querySelector('#queue-page') && {IS_LIVE}")
        said = browser.until("60 minutes drawn and in numbers", 20, """(() => {
            const drawn = document.querySelectorAll("svg[role=img] .point").length;
            const rows = document.querySelectorAll("table.plain tbody tr").length;
            return drawn === 60 && rows === 60 && document.querySelector("svg desc").textContent;
            })()""")
        for theme in ["dark", "light"] if shots else []:
            browser.media(theme)
            look.picture(browser, shots, f"queue-{theme}")
        return said

    def to_and_fro(self):
        """A page that is left lets go of its stream: a browser has six connections to a server."""
        slowest = 0.0
        for path in ["/", "/links"] * 5:
            begin = time.monotonic()
            self.browser.open(self.demo.url(path))
            self.browser.until(f"live after loading {path}", 20, IS_LIVE)
            slowest = max(slowest, time.monotonic() - begin)
        assert slowest < 20, f"one of ten loads took {slowest:.0f} s"
        self.browser.js("history.back()")
        self.browser.until("the page before", 20, "location.pathname === '/'")
        self.browser.until("it is live again", 20, IS_LIVE)
        self.moves()
        return f"slowest of ten loads {slowest:.1f} s"

    # --- the server goes and comes back ------------------------------------------------------

    def silent(self, shots):
        """A server that hangs is told from one that lives, and found again."""
        self.browser.open(self.demo.url("/wallboard"))
        self.browser.until("live before", 20, IS_LIVE)
        assert self.browser.js("return document.getElementById('stale').hidden"), "not stale yet"
        os.kill(self.demo.process.pid, signal.SIGSTOP)
        try:
            said = self.browser.until("the badge says what is the matter", 30,
                                      f"/Disconnected|Delayed/.test({BADGE}) && {BADGE}")
            self.browser.until("the wallboard says it large", 5, """document.body
                .classList.contains("stale") && /not of now/.test(stale.textContent)
                && stale.getClientRects().length > 0""")
            if shots:
                self.browser.size(1920, 1080)
            look.picture(self.browser, shots, "wallboard-stale")
            self.browser.size(1280, 800)
        finally:
            os.kill(self.demo.process.pid, signal.SIGCONT)
        self.browser.until("the badge says live again", 40, IS_LIVE)
        self.browser.open(self.demo.url())
        self.browser.until("live on the Floor", 20, IS_LIVE)
        return said

    def gone(self):
        """The page says that nothing is heard, and can still be read."""
        self.console()
        self.demo.stop()
        said = self.browser.until("the badge says what is the matter", 20,
                                  f"/Disconnected|Delayed/.test({BADGE}) && {BADGE}")
        return f"{said}; {self.themes()}"

    def back(self):
        """The same page is live again, with what the new server says."""
        self.demo = Demo(AGENTS, self.demo.port)
        begin = time.monotonic()
        self.browser.until("the badge says live again", 40, IS_LIVE)
        took = time.monotonic() - begin
        self.moves()
        other = [text for level, text in self.browser.console()
                 if level == "SEVERE" and "net::ERR_" not in text]
        assert not other, other[0]
        return f"after {took:.1f} s"

    # --- many agents -------------------------------------------------------------------------

    def many(self, agents, shots):
        """How a large floor loads and moves; the figures are printed, all rows must be there."""
        browser, before = self.browser, self.demo
        script = browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=COLLECT)
        self.demo = Demo(agents)
        try:
            until(f"{agents} agents have logged on", 60,
                  lambda: len(self.demo.table("agents")) >= agents * 9 // 10)
            rows = self.shows(30)
            self.live()
            times = until("the page is painted", 10, lambda: browser.js(TIMES))
            begin = browser.js("return performance.now()")
            browser.until("ten seconds of the page's clock", 40,
                          "performance.now() - arguments[0] > 10000", begin)
            tasks = browser.js("return busyhourTasks")
            self.moves()
            look.pictures(browser, self.demo, shots, agents)
        finally:
            browser.cdp("Page.removeScriptToEvaluateOnNewDocument",
                        identifier=script["identifier"])
            browser.open("about:blank")
            self.demo.stop()
            self.demo = before
        late = [took for at, took in tasks if at > begin]
        early = sum(took for at, took in tasks if at <= begin)
        return (f"{rows}; first paint {times['paint']:.0f} ms, DOM ready {times['ready']:.0f} ms, "
                f"long tasks {early:.0f} ms until live, then {len(late)} of {sum(late):.0f} ms "
                f"in 10 s")


def run(checks, shots):
    """All checks."""
    checks.browser.size(1280, 800)
    checks.browser.media("light")
    check = checks.check
    check("Floor: queues and agents within 5 s", checks.shows)
    check("Floor: the badge says live", checks.live)
    check("Floor: rows move by themselves", checks.moves)
    check("Floor: times count every second", checks.counts)
    check("Floor: sorted with the keyboard", checks.keyboard_sort)
    check("Floor: the filter narrows the rows", checks.filter)
    check("Floor: order and filter survive live changes", checks.survives)
    check("Floor: dark and light, contrast of words at least 4.5", checks.themes)
    checks.axe_or_skip("Floor")
    check("Floor: tables as wide as their columns, 390 to 1920 pixels", checks.fits)
    check("Links: the link is live", checks.links)
    checks.axe_or_skip("Links")
    check("Floor: a queue's name leads to its page", checks.leads_to_queue)
    check("Queue: its last hour is drawn", checks.draws_the_hour, shots)
    checks.axe_or_skip("Queue")
    check("Floor: an agent's name leads to his day", checks.leads_to_agent, shots)
    checks.axe_or_skip("Agent")
    check("Calls: a call leads to its life", checks.leads_to_call, shots)
    checks.axe_or_skip("Call")
    for name, path, shown in BOARDS:
        checks.browser.media("light")
        check(f"{name}: live", checks.board, path, shown, shots)
        checks.axe_or_skip(name)
    checks.browser.media("light")
    check("Wallboard: each has its turn", checks.turns)
    check("Thresholds: edited with the keyboard, seen on Floor and wallboard", checks.threshold)
    check("Thresholds: undone with the keyboard", checks.undo)
    checks.axe_or_skip("Thresholds")
    checks.browser.media("light")
    check("Groups: made with the keyboard, seen on Floor and wallboard", checks.group)
    checks.axe_or_skip("Groups")
    checks.browser.open(checks.demo.url("/groups?new=x&kind=agents"))
    checks.axe_or_skip("Groups, an editor")
    checks.browser.media("light")
    look.pictures(checks.browser, checks.demo, shots, AGENTS)
    check("All: nine tabs at once", checks.hidden)
    check("All: 360 pixels wide, no sideways scrolling", checks.phone)
    check("Both: to and fro between them, and back", checks.to_and_fro)
    check("Both: a clean console", checks.console)
    check("Wallboard: says when the server is silent, and lives again", checks.silent, shots)
    check("Floor: says when the server is gone", checks.gone)
    for theme in ["dark", "light"] if shots else []:
        checks.browser.media(theme)
        look.picture(checks.browser, shots, f"floor-gone-{theme}")
    check("Floor: live again by itself", checks.back)
    checks.browser.open("about:blank")
    checks.demo.stop()
    if shots:
        checks.check("pictures of 8 agents", checks.many, 8, shots)
    check("Floor: 300 agents", checks.many, 300, shots)
    check("Floor: 3000 agents", checks.many, 3000, shots)
    check("Both: still a clean console", checks.console)


def main():
    """Runs all; the exit code says how it went."""
    # Whatever hangs: the way out passes what ends our processes.
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"not done in {LIMIT_S} s"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    signal.alarm(LIMIT_S)
    shots = os.environ.get("BUSYHOUR_SHOTS")
    if shots:
        os.makedirs(shots, exist_ok=True)
    code, skipped = None, None
    try:
        code = axe.source()
    except axe.Missing as why:
        skipped = f"the pages' accessibility was not checked: {why}"
    demo = Demo(AGENTS)
    checks = browser = None
    try:
        browser = Browser(shutil.which("chromium"), shutil.which("chromedriver"))
        checks = Checks(browser, demo)
        checks.axe = code
        run(checks, shots)
    finally:
        if browser:
            browser.close()
        (checks.demo if checks else demo).stop()
    if skipped:
        print(f"\n!!!!!! SKIPPED: {skipped}\n", file=sys.stderr)
        if os.environ.get("BUSYHOUR_LAB_REQUIRED") == "1":
            checks.failed += 1
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
