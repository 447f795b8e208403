"""Plays recordings to Busyhour and to others in turn and prints how they compare.

tests/peers.sh builds what is needed and calls this with PROGRAMS (a JSON object: name to argv)."""
import glob
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
EVENTS = int(os.environ.get("PEERS_EVENTS", "300000"))
RATE = int(os.environ.get("PEERS_RATE", "0"))
# Asterisk cuts whoever takes nothing for 100 ms; that is wanted at a given rate only: nobody is
# told to be as fast as a loopback.
PATIENCE_MS = int(os.environ.get("PEERS_PATIENCE_MS", "100" if RATE else "60000"))
LIMIT_S = int(os.environ.get("PEERS_LIMIT_S", "900"))


def captures():
    """The recordings that are played."""
    named = os.environ.get("AMI_CAPTURE")
    if named:
        return [named]
    return sorted(glob.glob(os.path.join(HERE, "../fixtures/captures/*/*/ami-a.txt.gz")))


class Playback:
    """A PBX that says them, for one peer."""

    def __init__(self, program):
        self.process = subprocess.Popen(
            [*program, str(EVENTS), str(RATE), str(PATIENCE_MS), *captures()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()

    def end(self):
        """What was said."""
        said, _ = self.process.communicate("")
        return json.loads(said)


def usage(process):
    """Waits for its end: CPU seconds and the peak of its memory in MB."""
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1000


def client(argv, port):
    """One that counts and says what it counted when it has seen the last event."""
    process = subprocess.Popen([*argv, port], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    timer = subprocess.Popen(["sh", "-c", f"sleep {LIMIT_S}; kill {process.pid}"])
    said, wrong = process.stdout.read(), process.stderr.read()
    timer.kill()
    timer.wait()
    cpu, rss = usage(process)
    try:
        found = json.loads(said)
    except ValueError:
        found = {"events": 0, "names": {}, "seconds": LIMIT_S, "wrong": wrong.strip()[-300:]}
    # Its own login, which the switch tells whoever reads class security.
    found["events"] -= found["names"].pop("SuccessfulAuth", 0)
    return {**found, "cpu": cpu, "rss": rss}


def serve(argv, port):
    """The whole of Busyhour: heard, kept on disk, folded into live tables."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/busyhour.toml", "w", encoding="utf-8") as file:
            file.write(f'listen = "127.0.0.1:0"\ndata_dir = "."\nserver = "peers"\n[[pbx]]\n'
                       f'name = "peers"\naddress = "127.0.0.1:{port}"\nuser = "peer"\n'
                       f'secret = "peer"\nlogin = "plain"\n')
        begin = time.monotonic()
        process = subprocess.Popen([*argv, "serve", "--config", file.name],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                   env={**os.environ, "BUSYHOUR_LOG": "off"})
        address = process.stdout.readline().strip().rsplit("http://", 1)[-1]
        row = {}

        def all_is_kept():
            try:
                with urllib.request.urlopen(f"http://{address}/api/v1/links", timeout=60) as answer:
                    rows = json.load(answer)
            except urllib.error.HTTPError:
                return False             # nothing was published yet
            row.update(rows[0] if rows else {})
            # Its own heartbeats may come on top.
            return row.get("events", 0) > EVENTS and row["kept"] >= row["heard"] > 0

        while not all_is_kept() and time.monotonic() - begin < LIMIT_S:
            time.sleep(0.02)             # poll
        seconds = time.monotonic() - begin
        process.terminate()
        cpu, rss = usage(process)
        holes = row.get("holes", 0) + row.get("reconnects", 0)
        lost = max(EVENTS - row.get("events", 0), 0)
        return {"events": EVENTS - lost, "names": None, "seconds": seconds, "cpu": cpu,
                "rss": rss, "wrong": f"{holes} holes" if holes else ""}


def main():
    programs = json.loads(sys.argv[1])
    rows, said = [], None
    for name, argv in programs["peers"].items():
        playback = Playback(programs["playback"])
        run = serve if name == "busyhour serve" else client
        found = run(argv, playback.port)
        said = playback.end()
        cut = sum(cut for _, cut in said["sessions"])
        differ = [] if found["names"] is None else [
            f"{event} {found['names'].get(event, 0)} of {many}"
            for event, many in said["names"].items() if found["names"].get(event, 0) != many]
        notes = ([f"cut {cut} times"] if cut else []) + differ[:3]
        notes += [f"and {len(differ) - 3} more"] if len(differ) > 3 else []
        notes += [found["wrong"]] if found.get("wrong") else []
        rows.append((name, found, ", ".join(notes)))
        print(f"{name}: {found['events']} events in {found['seconds']:.1f} s", file=sys.stderr)
    base = rows[0][1]
    pace = f"{RATE} events/s" if RATE else "as fast as they are taken"
    print(f"{EVENTS} events, {said['bytes'] >> 20} MiB, {pace}; load average "
          f"{' '.join(open('/proc/loadavg', encoding='utf-8').read().split()[:3])}\n")
    print("| program | lost | seconds | x | CPU s | x | peak MB | notes |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for name, found, notes in rows:
        print(f"| {name} | {EVENTS - found['events']} | {found['seconds']:.2f} "
              f"| {found['seconds'] / base['seconds']:.1f} | {found['cpu']:.2f} "
              f"| {found['cpu'] / base['cpu']:.1f} | {found['rss']:.0f} | {notes} |")


main()
