"""How the pages look: contrast measured in the page, and pictures for people."""
import os
import time

from webdriver import until

FILLED = """document.querySelectorAll("#agents tbody tr").length
  || document.querySelectorAll("#cards article").length"""
# The contrast of every word that tells a state or a level, by the formula of WCAG 2.
CONTRAST = """
const parts = (text) => {
  const n = text.match(/-?[\\d.]+(e-?\\d+)?/g).map(Number);
  const rgb = text.startsWith("color(") ? n.slice(0, 3) : n.slice(0, 3).map((v) => v / 255);
  return [...rgb, n[3] ?? 1];
};
const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
const ground = (el) => {
  const layers = [];
  for (let e = el; e; e = e.parentElement) layers.push(parts(getComputedStyle(e).backgroundColor));
  return layers.reverse().reduce((under, top) => over(top, under), [1, 1, 1]);
};
const light = (rgb) => rgb.map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ratio = (el) => {
  const under = ground(el);
  const [a, b] = [light(under), light(over(parts(getComputedStyle(el).color), under))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
};
const words = [...document.querySelectorAll(
  "#badge, .states [data-s] .st, #agents tbody .st, tbody td.att, tbody td.t, .flags, tbody th")]
  .filter((el) => el.textContent && el.getClientRects().length)
  .map((el) => [el.textContent, ratio(el)]);
return {ground: getComputedStyle(document.body).backgroundColor, words};
"""


def picture(browser, folder, name):
    """One picture, if pictures are wanted."""
    if folder:
        browser.picture(os.path.join(folder, f"{name}.png"))


def pictures(browser, demo, folder, agents):
    """The Floor in both themes; of the usual demo also Links and a phone."""
    if not folder:
        return
    usual = agents == 24
    begin = time.monotonic()
    # A floor at work: some have called by then.
    until("a busy floor", 60, lambda: time.monotonic() - begin > 25
          or sum(row["answered"] or 0 for row in demo.table("queues")) > agents // 4)
    for theme in ["light", "dark"]:
        browser.media(theme)
        for path, name in [("/", "floor"), ("/links", "links")][:2 if usual else 1]:
            browser.open(demo.url(path))
            browser.until("rows or cards", 30, FILLED)
            browser.until("live", 30, "document.getElementById('badge').textContent === 'Live'")
            picture(browser, folder, f"{name}-{agents}-{theme}")
            if usual:
                browser.size(390, 844, phone=True)
                picture(browser, folder, f"{name}-phone-{theme}")
                browser.size(1280, 800)
    browser.media("light")
