#!/usr/bin/env python3
"""What a page that is looked at costs the browser: tests/figures.py [AGENTS [SECONDS]]

Needs chromium, chromedriver and BUSYHOUR_BIN, a release build.  Prints how many milliseconds of
the processor the page's main thread takes each second, by Chromium's own count, for the Floor of
a simulated centre of AGENTS (3,000) in its busy hour, and how many events and bytes came in that
time.
"""
import shutil
import sys
import time

from browser import Demo, IS_LIVE
from webdriver import Browser

COUNT = """
window.busyhourCount = {events: 0, bytes: 0};
const add = EventSource.prototype.addEventListener;
EventSource.prototype.addEventListener = function (kind, hear) {
  return add.call(this, kind, (event) => {
    window.busyhourCount.events += 1;
    window.busyhourCount.bytes += event.data.length;
    hear(event);
  });
};
"""
WHAT = ["TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration"]


def spent(browser):
    """Seconds that the page's main thread has spent, by what on."""
    metrics = browser.cdp("Performance.getMetrics")["metrics"]
    return {m["name"]: m["value"] for m in metrics if m["name"] in WHAT}


def offered(demo):
    """How many callers have joined a queue today."""
    return sum(row["offered"] for row in demo.table("queues"))


def caught_up(demo):
    """Waits until the past of the demo has become tables: while it does everything changes."""
    deadline = time.monotonic() + 120
    while (not demo.table("queues")
           or any(alarm["code"] == "catching-up" for alarm in demo.table("alarms"))):
        if time.monotonic() > deadline:
            raise TimeoutError("the server is still catching up")
        time.sleep(0.5)


def main():
    """Prints the figures."""
    agents = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with open("/proc/loadavg", encoding="ascii") as file:
        print(f"load average {file.read().strip()}")
    demo = Demo(agents)
    browser = None
    try:
        caught_up(demo)
        browser = Browser(shutil.which("chromium"), shutil.which("chromedriver"))
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=COUNT)
        # Its own time of the processor, so that it means something beside other work.
        browser.cdp("Performance.enable", timeDomain="threadTicks")
        browser.open(demo.url())
        browser.until("live", 60, IS_LIVE)
        calls, begun, before = offered(demo), time.monotonic(), spent(browser)
        count = browser.js("return window.busyhourCount")
        # The span of the measurement, not a wait for anything.
        time.sleep(seconds)
        took, after = time.monotonic() - begun, spent(browser)
        now = browser.js("return window.busyhourCount")
        busy = {name: (after[name] - before[name]) / took * 1000 for name in WHAT}
        print(f"{agents} agents, {(offered(demo) - calls) / took * 3600:.0f} calls/h: "
              f"{(now['events'] - count['events']) / took:.1f} events/s, "
              f"{(now['bytes'] - count['bytes']) / took / 1000:.1f} kB/s; main thread busy "
              f"{busy['TaskDuration']:.0f} ms/s (script {busy['ScriptDuration']:.0f}, "
              f"layout {busy['LayoutDuration']:.0f}, style {busy['RecalcStyleDuration']:.0f})")
    finally:
        if browser:
            browser.close()
        demo.stop()


if __name__ == "__main__":
    main()
