#!/usr/bin/env python3
"""Calls that cross from Asterisk 16 to 22 and back: one call each, whatever the way.

Both PBXes are up and trunked to each other over PJSIP; one Busyhour hears both, each
on a wire of its own.  Run through `lab.sh trunked`, which sets LAB_DIR.

    trunked.py                      everything
    trunked.py answered late        these flows only
    trunked.py --probe              without the product: is the lab itself right?
    trunked.py --record DIR FLOW... what both PBXes say, for fixtures/captures/trunked
"""
import asyncio
import gzip
import os
import shutil
import sys
import time
from pathlib import Path

from labkit import fields
from labkit.ami import Witness
from labkit.expect import Expectation, agent, call, interface, link, no_ghosts
from labkit.product import Product
from labkit.proxy import Proxy
from labkit.report import Report
from labkit.stage import HOST, Flow, Stage, over, up

W, BACK_SECONDS = fields.WHOLE, 12
HTTP_PORT = 26083


# ---- what must be seen --------------------------------------------------------------
def rows(tables, number):
    return [r for r in tables["whole_calls"] if r[W["caller"]] == number]


def whole(number, state, truth, **items):
    """Exactly one call of this caller crosses PBXes; its parts all say that they are of it."""
    wanted = fields.CALL_STATES.get(state, fields.CALL_ENDED)

    def claim(tables):
        row, = rows(tables, number)
        parts = [r for r in tables["calls"] if r["whole"] == row[W["id"]]]
        return (row[W["state"]] in wanted and len(parts) == row[W["parts"]]
                and all(row[W[item]] == value for item, value in items.items()))
    words = " ".join(f"{k}={v}" for k, v in items.items())
    return Expectation(f"one whole call of {number}: {state} {words}", truth, claim,
                       lambda tables: rows(tables, number) or
                       [r for r in tables["calls"] if r["caller"] == number])


def goes_on(number, state, **items):
    return whole(number, state, lambda facts: facts.call(number, state), **items)


def over_everywhere(number, **items):
    return whole(number, "ENDED", lambda facts: not facts.legs(number), **items)


# ---- the flows: a is on 16, where callers come in, b on 22, where the queues are -------
async def answered(a, b):
    """Waits, rings and talks on the other PBX; the caller hangs up, then the agent."""
    n = a.number()
    caller = a.dial("68001", n)
    await b.see(goes_on(n, "QUEUED", parts=2, at="lab22", queue="sales", queue_at="lab22"))
    await b.login("sales", 1001)
    leg = await b.rings(1001)
    await b.see(goes_on(n, "RINGING", at="lab22", queue="sales", agent=interface(1001)))
    await leg.answer()
    await b.see(goes_on(n, "TALKING", at="lab22", agent=interface(1001), agent_at="lab22"))
    await caller.bye()
    await b.see(over_everywhere(n, parts=2, outcome="ANSWERED", by="CALLER"))
    caller = a.dial("68001", n := a.number())
    leg = await b.rings(1001)
    await leg.answer()
    await b.see(goes_on(n, "TALKING", at="lab22"))
    await leg.bye()
    await over(caller)
    await b.see(over_everywhere(n, parts=2, outcome="ANSWERED", by="AGENT"))
    await b.logoff("sales", 1001)


async def abandoned(a, b):
    """Gives up while waiting on the other PBX."""
    n = a.number()
    caller = a.dial("68002", n)
    await b.see(goes_on(n, "QUEUED", parts=2, at="lab22", queue="care"))
    await caller.bye()
    await b.see(over_everywhere(n, outcome="ABANDONED", by="CALLER", queue="care"))


async def back(a, b):
    """The agent on 22 gives the caller to a colleague on 16: 16, 22, 16."""
    n = a.number()
    await b.login("orders", 1009)
    await a.login("claims", 1010)
    caller = a.dial("68011", n)
    leg = await b.rings(1009)
    await leg.answer()
    await b.see(goes_on(n, "TALKING", parts=2, at="lab22", agent=interface(1009)))
    transfer = await b.beside(leg.refer("61010"))
    colleague = await a.rings(1010)
    await colleague.answer()
    await transfer
    await a.see(agent(1010, "AUX"))
    await b.see(agent(1009, "AVAIL"))
    await a.see(goes_on(n, "TALKING", parts=3, at="lab16", transfers=1, queue="orders"))
    await colleague.bye()
    await over(caller)
    await a.see(over_everywhere(n, parts=3, outcome="ANSWERED", by="AGENT", transfers=1))
    await b.see(over_everywhere(n, parts=3))
    await b.logoff("orders", 1009)
    await a.logoff("claims", 1010)


async def consulted(a, b):
    """The agent on 22 asks a colleague on 16 first, then lets the two talk: three parts
    become one call only with the transfer."""
    n = a.number()
    await b.login("billing", 1011)
    await a.login("returns", 1012)
    caller = a.dial("68013", n)
    leg = await b.rings(1011)
    await leg.answer()
    await b.see(goes_on(n, "TALKING", parts=2, agent=interface(1011)))
    await leg.hold()
    await b.see(goes_on(n, "HELD", parts=2))
    second = b.phone(1011).call("61012")
    colleague = await a.rings(1012)
    await colleague.answer()
    await up(second)
    await second.hold()
    await leg.refer("61012", replaces=second)
    await a.see(goes_on(n, "TALKING", parts=3, at="lab16", transfers=1))
    await caller.bye()
    await over(colleague)
    await a.see(over_everywhere(n, parts=3, outcome="ANSWERED", by="CALLER"))
    await b.see(over_everywhere(n, parts=3))
    await b.logoff("billing", 1011)
    await a.logoff("returns", 1012)


async def link_cut(a, b):
    """16's link is cut in mid-call, and the call ends meanwhile."""
    await b.login("hotline", 1015)
    caller = a.dial("68015", n := a.number())
    leg = await b.rings(1015)
    await leg.answer()
    await b.see(goes_on(n, "TALKING", parts=2, at="lab22", agent=interface(1015)))
    await a.stage.proxy.drop()
    await a.stage.check("link_cut", link(False, "lab16"), 5)
    await b.see(goes_on(n, "TALKING", parts=2, at="lab22"))
    await leg.bye()
    await over(caller)
    await b.see(call_over(n, "lab22"))
    await a.stage.proxy.restore()
    await a.stage.check("link_cut", link(True, "lab16"), BACK_SECONDS)
    # What the lists do not name any more is waited for, in case its events are still on the way.
    await a.stage.check("link_cut", over_everywhere(n, parts=2, outcome="ANSWERED", by="AGENT"), 10)
    await b.logoff("hotline", 1015)


async def late(a, b):
    """22 is not heard while the call goes there: its part is joined when it is found."""
    await b.stage.proxy.drop()
    await b.stage.check("late", link(False, "lab22"), 5)
    caller = a.dial("68016", n := a.number())
    await up(caller)
    await a.see(call(n, "TALKING"))
    await b.stage.proxy.restore()
    await b.stage.check("late", link(True, "lab22"), BACK_SECONDS)
    await b.see(goes_on(n, "QUEUED", parts=2, at="lab22", queue="parts"))
    await caller.bye()
    await b.see(over_everywhere(n, parts=2, outcome="ABANDONED", by="CALLER"))


def call_over(number, acd):
    """The part on this PBX is over."""
    def parts(tables):
        return [r for r in tables["calls"] if r["caller"] == number and r["acd"] == acd]
    return Expectation(f"call {number} over on {acd}", lambda facts: not facts.legs(number),
                       lambda tables: all(r["state"] == "ENDED" for r in parts(tables)), parts)


TOGETHER, ALONE = (answered, abandoned, back, consulted), (link_cut, late)
ALL = {f.__name__: f for f in TOGETHER + ALONE}


# ---- the run ----------------------------------------------------------------------------
def stage_of(report, version, base, binary):
    folder = os.environ["LAB_DIR"]
    os.environ.update(LAB_VERSION=version, LAB_BASE=str(base),
                      LAB_CHROOT=f"{folder}/chroot-{version}")
    return Stage(report, binary)


async def open_product(stages, binary):
    """One Busyhour, a wire to each PBX."""
    for stage in stages:
        stage.proxy = await Proxy(stage.proxy_port, (HOST, stage.tls_port)).start()
    folder = stages[0].folder.with_name("run-trunked")
    shutil.rmtree(folder, ignore_errors=True)
    product = Product(binary, folder, HTTP_PORT, [s.link(s.acd) for s in stages])
    product.start()
    for stage in stages:
        stage.product = product
        await stage.check("start", link(True, stage.acd), 10)
    return product


async def guard(report, name, step):
    try:
        await step
    except Exception as error:
        report.line(False, name, "broke off", repr(error))


async def run(report, names, binary, record):
    stages = [stage_of(report, "16", 26000, binary), stage_of(report, "22", 28000, binary)]
    for stage in stages:
        await stage.open()
    product = await open_product(stages, binary) if binary else None

    def flow(step):
        return step(*(Flow(stage, step.__name__) for stage in stages))
    together = [f for f in TOGETHER if f.__name__ in names]
    if record:
        for step in together:
            await guard(report, step.__name__, recorded(stages, record, step, flow(step)))
    else:
        await asyncio.gather(*(guard(report, f.__name__, flow(f)) for f in together))
    for step in ALONE if product else ():
        if step.__name__ in names:
            await guard(report, step.__name__, flow(step))
    for stage in stages:
        await stage.check("end", no_ghosts())
        stage.close()
    if product:
        code = await product.stop()
        report.line(code == 0, "stop", "SIGTERM: exit code 0", f"exit code {code}")
        for stage in stages:
            await stage.proxy.stop()


async def recorded(stages, folder, step, play):
    """Everything both PBXes say and write during a flow."""
    folder = Path(folder) / step.__name__
    folder.mkdir(parents=True, exist_ok=True)
    books = {s: {"queue_log": s.queue_log, "cdr.csv": s.chroot / "lab/log/cdr-csv/Master.csv",
                 "cel.csv": s.chroot / "lab/log/cel-custom/cel.csv"} for s in stages}
    sizes = {path: path.stat().st_size if path.exists() else 0
             for files in books.values() for path in files.values()}
    heard = [await Witness(HOST, s.ami_port).start() for s in stages]
    began = time.time()
    await play
    for stage in stages:
        await stage.mark("end")
    for witness in heard:
        while b"Mark: end" not in witness.data:
            await asyncio.sleep(0.05)
    (folder / "notes.txt").write_text(
        f"{began:.3f} recording\n{step.__doc__}\n{time.time():.3f} end\n")
    for stage, witness in zip(stages, heard):
        with gzip.GzipFile(folder / f"ami-{stage.version}.txt.gz", "wb", mtime=0) as out:
            out.write(bytes(witness.data))
        witness.stop()
        for name, path in books[stage].items():
            stem, dot, end = name.partition(".")
            data = path.read_bytes()[sizes[path]:] if path.exists() else b""
            (folder / f"{stem}-{stage.version}{dot}{end}").write_bytes(data)


def main(words):
    record = words[words.index("--record") + 1] if "--record" in words else None
    names = [w for w in words if not w.startswith("-") and w != record] or list(ALL)
    if set(names) - set(ALL):
        sys.exit(f"no such flow: {', '.join(sorted(set(names) - set(ALL)))}")
    binary = None if record or "--probe" in words else os.environ.get("BUSYHOUR_BIN", "")
    if binary is not None and not os.access(binary, os.X_OK):
        sys.exit(f"BUSYHOUR_BIN={binary!r} is no program: build it, or use --probe")
    report = Report("trunked")
    asyncio.run(run(report, names, binary, record))
    print(f"lab trunked: {report.passed} passed, {report.failed} failed", flush=True)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
