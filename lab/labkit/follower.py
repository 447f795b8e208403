"""A browser's view: the tables built from server-sent events alone.

What it has at the end must be what REST says: then no delta was lost, doubled
or wrong, however often the connection was.
"""
import http.client
import json
import threading

from . import fields


class Follower(threading.Thread):
    """Follows /api/v1/events; comes back with Last-Event-ID when it is cut off."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.tables, self.version = port, {}, 0
        self.last_id, self.snapshots, self.deltas = None, 0, 0
        self.stopped = threading.Event()

    def run(self):
        while not self.stopped.wait(0.1):        # the pace of coming back
            try:
                self._follow()
            except (OSError, http.client.HTTPException):
                pass

    def _follow(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
            connection.request("GET", "/api/v1/events", headers=headers)
            response = connection.getresponse()
            message = {}
            while not self.stopped.is_set():
                line = response.readline()
                if not line:
                    return
                name, colon, value = line.decode().rstrip("\r\n").partition(":")
                if name and colon:
                    message[name] = value.lstrip()
                elif not name and not colon:     # an empty line ends a message
                    self._take(message)
                    message = {}
        finally:
            connection.close()

    def _take(self, message):
        kind = message.get("event")
        if kind not in ("snapshot", "delta"):
            return
        data = json.loads(message["data"])
        if kind == "snapshot":
            self.snapshots += 1
            self.tables = {name: {key_of(name, row): row for row in rows}
                           for name, rows in data["tables"].items() if name in fields.KEYS}
        else:
            self.deltas += 1
            for name, change in data["changes"].items():
                if name in fields.KEYS:
                    for row in change["rows"]:
                        self.tables[name][key_of(name, row)] = row
                    for row in change["gone"]:
                        self.tables[name].pop(key_of(name, row), None)
        self.version, self.last_id = data["version"], message.get("id")

    def differences(self, tables):
        """Rows and items in which REST says something else, running clocks apart."""
        out = []
        for name, items in fields.STEADY.items():
            ours = self.tables.get(name, {})
            theirs = {key_of(name, row): row for row in tables[name]}
            for key in ours.keys() ^ theirs.keys():
                out.append(f"{name} {key}: only {'followed' if key in ours else 'in REST'}")
            for key in ours.keys() & theirs.keys():
                out += [f"{name} {key}: {item} {ours[key][item]!r}, REST {theirs[key][item]!r}"
                        for item in items if ours[key][item] != theirs[key][item]]
        return out

    def stop(self):
        self.stopped.set()


def key_of(name, row):
    return tuple(row[item] for item in fields.KEYS[name])
