"""A real Chromium, driven over the WebDriver protocol with nothing but the standard library.

Knows nothing of Busyhour. A condition is polled until it holds; nothing here sleeps and hopes.
"""
import base64
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

SWITCHES = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--force-color-profile=srgb",
]
POLL_S = 0.05
# Conditions are waited for at least so long: how fast a busy machine is, is not what is tested.
PATIENCE_S = 60


class Timeout(Exception):
    """A condition did not come to hold; says which, and what was there instead."""


def until(what, seconds, probe):
    """Polls `probe` until it answers something true, and answers that."""
    seconds = max(seconds, PATIENCE_S)
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Timeout(f"{what}: not within {seconds} s")
        time.sleep(POLL_S)


def first_match(path, pattern, process, seconds=60):
    """The first match of `pattern` in the growing file at `path` that `process` writes."""
    def probe():
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        found = re.search(pattern, text)
        if not found and process.poll() is not None:
            raise Timeout(f"{process.args[0]} ended with code {process.returncode}: {text[-800:]}")
        return found
    return until(f"{os.path.basename(process.args[0])} says {pattern}", seconds, probe).group(1)


def end(process, seconds=20):
    """Ends a process that we started, and its group; by force if it will not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


class Browser:
    """One Chromium with a profile of its own."""

    def __init__(self, chromium, chromedriver):
        self.folder = tempfile.mkdtemp(prefix="busyhour-browser-")
        log = os.path.join(self.folder, "driver.log")
        with open(log, "wb") as out:
            self.driver = subprocess.Popen([chromedriver, "--port=0"], stdout=out, stderr=out,
                                           start_new_session=True)
        self.session = None
        try:
            port = int(first_match(log, r"started successfully on port (\d+)", self.driver))
            self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            profile = os.path.join(self.folder, "profile")
            options = {"binary": chromium, "args": SWITCHES + [f"--user-data-dir={profile}"]}
            wanted = {"alwaysMatch": {"goog:chromeOptions": options,
                                      "goog:loggingPrefs": {"browser": "ALL"},
                                      "timeouts": {"script": 60_000, "pageLoad": 30_000}}}
            answer = self.call("POST", "/session", {"capabilities": wanted})
            self.session = answer["sessionId"]
        except BaseException:
            self.close()
            raise

    def close(self):
        """Ends the browser and removes what it wrote."""
        try:
            if self.session:
                self.call("DELETE", f"/session/{self.session}")
        except (OSError, http.client.HTTPException, RuntimeError):
            pass
        end(self.driver)
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, path, body=None):
        """One request to the driver; its refusal is a RuntimeError."""
        text = json.dumps(body or {}) if method == "POST" else None
        self.wire.request(method, path, text, {"Content-Type": "application/json"})
        value = json.loads(self.wire.getresponse().read())["value"]
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{path}: {value['error']}: {value['message'].splitlines()[0]}")
        return value

    def post(self, path, **body):
        """A POST below this session."""
        return self.call("POST", f"/session/{self.session}{path}", body)

    def cdp(self, command, **params):
        """A command of Chromium's own protocol."""
        return self.post("/goog/cdp/execute", cmd=command, params=params)

    def open(self, url):
        """Loads a page."""
        self.post("/url", url=url)

    def js(self, script, *args):
        """Runs the body of a function in the page and answers what it returns."""
        return self.post("/execute/sync", script=script, args=list(args))

    def js_later(self, script, *args):
        """The same for a script that calls its last argument when it is done."""
        return self.post("/execute/async", script=script, args=list(args))

    def until(self, what, seconds, script, *args):
        """Polls an expression in the page until it is true."""
        return until(what, seconds, lambda: self.js(f"return ({script})", *args))

    def keys(self, text):
        """Types on the keyboard, wherever the focus is."""
        pairs = [{"type": kind, "value": c} for c in text for kind in ("keyDown", "keyUp")]
        self.post("/actions", actions=[{"type": "key", "id": "keyboard", "actions": pairs}])

    def media(self, theme, still=False):
        """Emulates what a person's system prefers: `light` or `dark`; `still`: no motion."""
        motion = "reduce" if still else "no-preference"
        self.cdp("Emulation.setEmulatedMedia", media="", features=[
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": motion}])

    def size(self, width, height, phone=False):
        """Makes the page this many pixels large."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=2 if phone else 1, mobile=phone)

    def console(self):
        """What the page's console said since the last time: (level, text)."""
        lines = self.post("/se/log", type="browser")
        return [(line["level"], line["message"]) for line in lines]

    def picture(self, path):
        """Writes what is seen to a PNG file."""
        image = self.call("GET", f"/session/{self.session}/screenshot")
        with open(path, "wb") as file:
            file.write(base64.b64decode(image))
