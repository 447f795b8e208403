"""axe-core, the accessibility checker: fetched once with npm, run in a page.

It is a tool of the tests only (MPL-2.0) and never part of what we ship.
"""
import hashlib
import os
import subprocess

VERSION = "4.14.1"
SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: "tag", values: arguments[0]}, preload: false})
  .then((found) => done({passes: found.passes.length,
    violations: found.violations.map((v) => `${v.id} (${v.nodes.length}): `
      + v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")}: `
        + (n.any[0] ?? n.all[0] ?? n.none[0])?.message).join(" | "))}))
  .catch((e) => done({passes: 0, violations: [`axe broke off: ${e}`]}));
"""


class Missing(Exception):
    """axe-core cannot be had here; says why."""


def source():
    """The text of axe-core, from the cache or from the npm registry."""
    cache = os.environ.get("BUSYHOUR_CACHE") or os.path.expanduser("~/.cache/busyhour-ci")
    folder = os.path.join(cache, f"axe-core-{VERSION}")
    path = os.path.join(folder, "package", "axe.min.js")
    if not os.path.exists(path):
        fetch(folder)
    with open(path, "rb") as file:
        code = file.read()
    if hashlib.sha256(code).hexdigest() != SHA256:
        raise Missing(f"{path} is not the axe-core {VERSION} that we know; remove it")
    return code.decode()


def fetch(folder):
    """Fetches the package with npm and unpacks it."""
    os.makedirs(folder, exist_ok=True)
    try:
        subprocess.run(["npm", "pack", "--silent", f"axe-core@{VERSION}"], cwd=folder, check=True,
                       timeout=60, stdin=subprocess.DEVNULL, capture_output=True)
        subprocess.run(["tar", "xzf", f"axe-core-{VERSION}.tgz", "package/axe.min.js"],
                       cwd=folder, check=True, timeout=60, capture_output=True)
    except (OSError, subprocess.SubprocessError) as why:
        raise Missing(f"npm pack axe-core@{VERSION} failed: {why}") from why


def violations(browser, code):
    """What breaks WCAG A or AA in the page as it stands, one text each; how many rules held."""
    if not browser.js("return typeof axe === 'object'"):
        browser.js(code)
    found = browser.js_later(RUN, TAGS)
    return found["violations"], found["passes"]
