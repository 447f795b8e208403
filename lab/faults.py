"""What goes wrong in a night: the wire, the PBX, the product, always in mid-call."""
import asyncio
import json
import os
import signal
import subprocess
import time

import books
from labkit import expect, fields
from labkit.expect import agent, agrees, call, gone, link, no_ghosts, queue
from labkit.product import Product
from labkit.stage import Flow, over

# How soon a dead link must be shown, and how soon it is back after the cause is gone. Some 3 and
# 5 seconds are usual, and noted in the report; the rest is for a machine that is busy.
SAY_SECONDS, BACK_SECONDS = 30, 60


class Midcall:
    """A caller talks to agent 1025, another one waits: what a fault hits."""

    def __init__(self, stage, area):
        self.flow = Flow(stage, area)

    async def __aenter__(self):
        f = self.flow
        await f.login("night", 1025)
        await f.pause(1025, False)
        self.number, self.waiting = f.number(), f.number()
        self.caller, self.leg = await f.connected("8020", 1025, self.number)
        self.waiter = f.dial("8021", self.waiting)
        await f.see(call(self.waiting, "QUEUED", split="storm"))
        return self

    async def __aexit__(self, *_):
        f = self.flow
        for dialog in (self.caller, self.waiter):
            await dialog.bye()
        await f.see(gone(self.number), gone(self.waiting), no_ghosts())


async def link_state(stage, area, live, seconds):
    began = time.time()
    await stage.check(area, link(live, stage.acd), seconds)
    stage.report.note(f"{area}: shown after {time.time() - began:.1f} s")


async def cut(stage, area, sever):
    """The wire is cut; the world goes on; the wire is back."""
    async with Midcall(stage, area) as calls:
        f = calls.flow
        await sever()
        await link_state(stage, area, False, SAY_SECONDS)
        # Nobody watches: the talk ends, the agent goes to lunch, somebody new calls.
        await calls.caller.bye()
        await f.pause(1025, Reason="Lunch")
        late = f.dial("8020", n := f.number())
        await stage.probe.until(
            lambda facts: facts.queued(n) and facts.agent("PJSIP/1025", "AUX"), 60)
        await stage.proxy.restore()
        await link_state(stage, area, True, BACK_SECONDS)
        await f.see(gone(calls.number), call(n, "QUEUED", split="night"),
                    call(calls.waiting, "QUEUED", split="storm"),
                    queue("night", waiting=1), queue("storm", waiting=1),
                    agent(1025, "AUX", reason="Lunch"), agrees(stage.probe))
        await late.bye()
        await f.see(gone(n))


async def link_drop(stage):
    await cut(stage, "link_drop", stage.proxy.drop)


async def link_silent(stage):
    async def silence():
        stage.proxy.silence()
    await cut(stage, "link_silent", silence)


async def product_killed(stage, witness):
    """kill -9 in mid-call: nothing kept is lost, the state is right again."""
    area = "product_killed"
    begin = await stage.mark("whole-again")
    async with Midcall(stage, area) as calls:
        f = calls.flow
        day = books.wanted_day(stage.queue_log)
        before = await stage.mark("before-kill")
        await books.kept(stage, before)
        stage.product.kill()
        await calls.caller.bye()
        await stage.probe.until(lambda facts: not facts.legs(calls.number), 60)
        stage.product.start()
        await link_state(stage, area, True, BACK_SECONDS)
        took = time.time() - stage.product.started
        stage.report.note(f"{area}: live {took:.2f} s after the start")
        first = await stage.mark("after-kill")
        await f.see(gone(calls.number), call(calls.waiting, "QUEUED", split="storm"),
                    queue("storm", waiting=1), agent(1025, "AVAIL"), agrees(stage.probe))
        for name in ("sales", "care", "short"):
            await f.see(expect.Expectation(
                f"{name}: the day's figures are as before", None,
                lambda tables, name=name: all(
                    expect.queue_row(tables, name)[item] == count
                    for item, count in day.get(name, {}).items()),
                lambda tables, name=name: expect.queue_row(tables, name)))
        last = await stage.mark("end")
    await books.check_journal(stage, area, witness,
                              [(begin, before), (first, last)])


def epoch_of(stage):
    rows = (stage.product.latest or {}).get("links", [])
    return next((r.get(fields.LINK["epoch"]) for r in rows
                 if r[fields.LINK["name"]] == stage.acd), None)


async def pbx_gone(stage, area, kill, crashed):
    """The PBX goes in mid-call and comes back: no ghosts, link live, agents as before."""
    async with Midcall(stage, area) as calls:
        f, epoch = calls.flow, epoch_of(stage) if stage.product else None
        old = stage.ami
        await kill()
        await asyncio.wait_for(old.closed.wait(), 60)
        if stage.product:
            await stage.product.until(link(False, stage.acd).claim, SAY_SECONDS)
        if crashed:
            await stage.pbx("again")
        await stage.reconnect()
        if stage.product:
            await link_state(stage, area, True, BACK_SECONDS)
        await f.see(gone(calls.number), gone(calls.waiting), no_ghosts(),
                    agent(1025, "AVAIL"), queue("storm", waiting=0), agrees(stage.probe))
        if stage.product:
            stage.report.line(epoch_of(stage) not in (None, epoch), area, "a new PBX start is seen",
                              f"epoch {epoch} then {epoch_of(stage)}")
        # And it works as before.
        caller, leg = await f.connected("8020", 1025, n := f.number())
        await leg.bye()
        await over(caller)
        await f.see(gone(n), agent(1025, "AVAIL"))


async def pbx_restart(stage):
    async def restart():
        stage.ami.send("Command", Command="core restart now")
    await pbx_gone(stage, "pbx_restart", restart, crashed=False)


async def pbx_crash(stage):
    async def crash():
        for pid in stage.pids():
            os.kill(pid, signal.SIGKILL)
    await pbx_gone(stage, "pbx_crash", crash, crashed=True)


# ---- what the product says about a PBX that is set up badly ---------------------
# link name -> (changes to the entry, words of which each must appear in its row)
ADVICE = {
    "wrong-secret": ({"secret": "not-the-secret"}, ["secret"]),
    "wrong-ca": ({"tls_ca": "other.pem"}, ["certificate"]),
    "nobody-there": ({"address": "127.0.0.1:9"}, ["refused"]),
    "plain": ({"login": "plain", "tls": False, "tls_ca": None}, []),
    "pinned": ({"tls_ca": None, "tls_pin": "PIN", "secret": None, "secret_file": "secret"}, []),
    "wrong-pin": ({"tls_ca": None, "tls_pin": "sha256:" + "0" * 64}, ["certificate"]),
    "dangerous": ({"user": "dangerous", "secret": "dangeroussecret"},
                  ["command", "originate", "config", "write"]),
    "deaf": ({"user": "deaf", "secret": "deafsecret"}, ["read", "call"]),
    "filtered": ({"user": "filtered", "secret": "filteredsecret"}, ["eventfilter"]),
}


async def advice(stage):
    """Several bad links at once in a product of its own."""
    area, folder = "advice", stage.folder / "advice"
    folder.mkdir()
    foreign_ca(folder / "other.pem")
    (folder / "secret").write_text("busyhoursecret\n")
    (folder / "secret").chmod(0o600)
    links = []
    for name, (changes, _) in ADVICE.items():
        changes = dict(changes)
        if changes.get("tls_pin") == "PIN":
            changes["tls_pin"] = stage.pin()
        if changes.get("tls_ca"):
            changes["tls_ca"] = str(folder / changes["tls_ca"])
        port = stage.ami_port if changes.get("tls") is False else stage.tls_port
        links.append(stage.link(name, **{"address": f"127.0.0.1:{port}", **changes}))
    product = Product(stage.binary, folder, stage.http_port + 1, links)
    product.start()

    def row(name):
        rows = (product.latest or {}).get("links", [])
        return next((r for r in rows if r[fields.LINK["name"]] == name), {})
    for name, (_, words) in ADVICE.items():
        await product.until(lambda _, n=name, w=words: says(row(n), w), 60)
        stage.report.line(says(row(name), words), area, f"{name}: says {words or 'live'}",
                          "" if says(row(name), words) else json.dumps(row(name))[:600])
    await product.stop()
    stage.report.line(not leaks(product), area, "no secret in the log")


def foreign_ca(path):
    """A CA that has signed nothing here."""
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=Somebody else", "-keyout", "/dev/null",
             "-out", str(path)]
    subprocess.run(words, check=True, stderr=subprocess.DEVNULL)


def says(row, words):
    """Every word is in the row; no words: the link is live."""
    text = " ".join(str(row.get(fields.LINK[i])) for i in ("state", "reason", "advice")).lower()
    if not words:
        return row.get(fields.LINK["state"]) in fields.LINK_LIVE
    return all(word in text for word in words)


def leaks(product):
    text = product.log_tail(100000)
    return [s for s in ("busyhoursecret", "not-the-secret", "dangeroussecret") if s in text]


async def no_timestamps(stage):
    """timestampevents=no: the one setting without which nothing can be kept."""
    area, conf = "no_timestamps", stage.chroot / "lab/etc/manager.conf"
    text = conf.read_text()
    conf.write_text(text.replace("timestampevents = yes", "timestampevents = no"))
    try:
        await stage.ami.do("Command", Command="manager reload")
        product = Product(stage.binary, stage.folder / "unstamped", stage.http_port + 2,
                          [stage.link("unstamped", address=f"127.0.0.1:{stage.tls_port}")])
        product.start()
        said = await product.until(lambda t: says(t["links"][0], ["timestampevents"]), 60)
        stage.report.line(said, area, "says timestampevents",
                          "" if said else json.dumps(product.latest)[:600])
        await product.stop()
    finally:
        conf.write_text(text)
        await stage.ami.do("Command", Command="manager reload")


async def both_gone(stage):
    """The PBX dies while the product is down: nobody has seen either end of those calls."""
    area = "both_gone"
    async with Midcall(stage, area) as calls:
        f, old = calls.flow, stage.ami
        stage.product.kill()
        for pid in stage.pids():
            os.kill(pid, signal.SIGKILL)
        await asyncio.wait_for(old.closed.wait(), 60)
        await stage.pbx("again")
        await stage.reconnect()
        stage.product.start()
        await link_state(stage, area, True, BACK_SECONDS)
        await f.see(gone(calls.number), gone(calls.waiting), no_ghosts(), agent(1025, "AVAIL"),
                    agrees(stage.probe))


async def followed(stage, area, follower):
    """What a browser has built from the event stream is what REST says."""
    await stage.check(area, expect.Expectation(
        "the event stream builds the same tables", None,
        lambda tables: not follower.differences(tables), follower.differences))
    stage.report.line(follower.deltas > 0, area, "deltas were streamed")
    stage.report.note(f"{area}: {follower.snapshots} snapshots, {follower.deltas} deltas")


async def commands(stage):
    """The command line shows the same tables; the configuration is checked as a whole."""
    area, product = "commands", stage.product
    for table in fields.TABLES:
        code, out, err = await product.command(
            table.replace("_", "-"), "-o", "json", "--server", f"127.0.0.1:{product.port}")
        try:
            good = code == 0 and isinstance(json.loads(out), list)
        except ValueError:
            good = False
        stage.report.line(good, area, f"busyhour {table} -o json", "" if good else err[-300:])
    code, _, err = await product.command("check", "--config", str(product.config))
    stage.report.line(code == 0, area, "busyhour check: a good file", err[-300:])
    bad = product.folder / "bad.toml"
    bad.write_text(product.config.read_text() + "colour = \"red\"\ntaste = 1\n")
    code, out, err = await product.command("check", "--config", str(bad))
    text = out.decode() + err
    stage.report.line(code != 0 and "colour" in text and "taste" in text, area,
                      "busyhour check: all problems at once", text[-300:])
