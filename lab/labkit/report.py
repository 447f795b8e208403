"""One line per check, and the sum at the end."""
import time


class Report:
    """Prints as it goes: a run that hangs shows where."""

    def __init__(self, version):
        self.version, self.passed, self.failed = version, 0, 0
        self.began = time.time()

    def line(self, good, area, name, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
        word = "ok  " if good else "FAIL"
        print(f"{word} {self.version} {time.time() - self.began:5.1f}s {area}: {name}"
              + (f" -- {detail.strip()}" if detail and not good else ""), flush=True)
        return good

    def note(self, text):
        print(f"     {self.version} {time.time() - self.began:5.1f}s {text}", flush=True)
