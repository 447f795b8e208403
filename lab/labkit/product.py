"""The product under test: start it, stop it, kill it, ask it."""
import asyncio
import http.client
import json
import os
import signal
import subprocess
import time

from . import fields
from .poller import Poller


def toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if not isinstance(value, list) else \
        "[" + ", ".join(map(toml, value)) + "]"


class Product(Poller):
    """One `busyhour serve` with its configuration and data below a directory."""

    def __init__(self, binary, folder, port, links):
        super().__init__()
        self.binary, self.folder, self.port = binary, folder, port
        self.config, self.data = folder / "busyhour.toml", folder / "data"
        self.process = None
        folder.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(exist_ok=True)
        lines = [f"listen = {toml(f'127.0.0.1:{port}')}", f"data_dir = {toml(str(self.data))}"]
        for link in links:
            lines += ["", "[[pbx]]"] + [f"{key} = {toml(value)}" for key, value in link.items()]
        self.config.write_text("\n".join(lines) + "\n")

    # ---- life ---------------------------------------------------------------
    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--config", str(self.config)], stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder)
        self.started = time.time()
        if self.task is None:
            self.run()

    def kill(self):
        """kill -9: no goodbye, nothing flushed."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    async def stop(self):
        """SIGTERM; returns the exit code, or None if it had to be killed."""
        self.halt()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return await asyncio.to_thread(self.process.wait, 60)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def log_tail(self, count=15):
        path = self.folder / "log"
        text = path.read_text(errors="replace") if path.exists() else ""
        return "\n".join(text.splitlines()[-count:])

    # ---- questions ----------------------------------------------------------
    def get(self, path, timeout=20):
        """The JSON answer to one GET.  Blocks: use through fetch() or a thread."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise ValueError(f"GET {path}: {response.status} {body[:200]!r}")
            return json.loads(body)
        except http.client.HTTPException as error:
            raise ValueError(f"GET {path}: {error!r}") from error
        finally:
            connection.close()

    def _tables(self):
        return {table: self.get(f"/api/v1/{table}") for table in fields.TABLES}

    async def fetch(self):
        return await asyncio.to_thread(self._tables)

    async def command(self, *words, timeout=60):
        """Run `busyhour WORDS`; returns (exit code, stdout, stderr)."""
        process = await asyncio.create_subprocess_exec(
            self.binary, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, env=os.environ)
        out, err = await asyncio.wait_for(process.communicate(), timeout)
        return process.returncode, out, err.decode(errors="replace")

    async def journal(self, acd):
        """The raw bytes the journal holds of an ACD."""
        code, out, err = await self.command(
            "journal", "export", "--data", str(self.data), "--acd", acd)
        if code != 0:
            raise ValueError(f"journal export: exit {code}: {err.strip()[-300:]}")
        return out
