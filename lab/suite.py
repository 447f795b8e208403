#!/usr/bin/env python3
"""The real-Asterisk test of one version.  Run through lab.sh, which sets LAB_*.

    suite.py                    everything
    suite.py answered hold      these flows or faults only
    suite.py --probe ...        without the product: is the lab itself right?
"""
import asyncio
import os
import shutil
import sys

import books
import faults
import flows
from labkit import fields
from labkit.ami import Witness
from labkit.expect import agrees, link, no_advice, no_ghosts
from labkit.follower import Follower
from labkit.report import Report
from labkit.stage import HOST, Flow, Stage

FAULTS = ("link_drop", "link_silent", "product_killed", "pbx_restart", "pbx_crash",
          "both_gone")
ALONE = ("pbx_restart", "pbx_crash")          # make sense without the product
OTHERS = ("commands", "no_timestamps")


class Suite:
    """One run.  names: what to play; none means everything."""

    def __init__(self, stage, names):
        self.stage, self.names = stage, names

    def wants(self, name):
        return not self.names or name in self.names

    async def guard(self, name, step):
        """A script may break off anywhere: that is a failure, not the end of the run."""
        try:
            await step
        except Exception as error:
            self.stage.report.line(False, name, "broke off", repr(error))

    async def flows(self):
        await asyncio.gather(*(self.guard(f.__name__, f(Flow(self.stage, f.__name__)))
                               for f in flows.ALL if self.wants(f.__name__)))

    async def product_up(self):
        stage = self.stage
        await stage.open_product()
        await stage.check("start", link(True, stage.acd), 60)
        await stage.check("start", agrees(stage.probe), 30)
        self.witness = await Witness(HOST, stage.ami_port).start()
        await stage.mark("begin")
        self.follower = Follower(stage.http_port)
        self.follower.start()

    async def after_flows(self):
        """What must be true when all calls are over."""
        stage = self.stage
        await stage.check("end of flows", no_ghosts())
        await stage.check("end of flows", agrees(stage.probe))
        await stage.check("end of flows", no_advice(stage.acd))
        await books.check_day(stage)
        await books.check_anomalies(stage, "anomalies")
        await faults.followed(stage, "stream", self.follower)
        await stage.mark("flows-done")
        await books.check_journal(stage, "journal", self.witness, [("begin", "flows-done")])

    async def faults(self):
        stage = self.stage
        for name in FAULTS:
            if not self.wants(name) or (stage.product is None and name not in ALONE):
                continue
            arguments = (stage, self.witness) if name == "product_killed" else (stage,)
            await self.guard(name, getattr(faults, name)(*arguments))

    async def run(self):
        stage = self.stage
        await stage.open()
        if stage.binary:
            await self.product_up()
        # What the account may hear shows only while calls are made: at the same time.
        together = [self.flows()]
        if stage.product and self.wants("advice"):
            together.append(self.guard("advice", faults.advice(stage)))
        await asyncio.gather(*together)
        if not self.names:
            books.check_script(stage, flows.DAY)
        if stage.product:
            await self.guard("end of flows", self.after_flows())
            for name in OTHERS:
                if self.wants(name):
                    await self.guard(name, getattr(faults, name)(stage))
        await self.faults()
        if stage.product:
            await self.finish()
        stage.close()

    async def finish(self):
        stage = self.stage
        await self.guard("anomalies", books.check_anomalies(
            stage, "anomalies at the end", fields.EXPLAINED_BY_FAULTS))
        await faults.followed(stage, "stream at the end", self.follower)
        self.follower.stop()
        code = await stage.product.stop()
        stage.report.line(code == 0, "stop", "SIGTERM: exit code 0", f"exit code {code}")
        stage.report.line(not faults.leaks(stage.product), "stop", "no secret in the log")
        self.witness.stop()
        await stage.proxy.stop()


def main(words):
    report = Report(os.environ["LAB_VERSION"])
    names = [w for w in words if not w.startswith("-")]
    known = {f.__name__ for f in flows.ALL} | set(FAULTS) | set(OTHERS) | {"advice"}
    if set(names) - known:
        sys.exit(f"no such flow or fault: {', '.join(sorted(set(names) - known))}")
    binary = None if "--probe" in words else os.environ.get("BUSYHOUR_BIN", "")
    if binary is not None and not os.access(binary, os.X_OK):
        sys.exit(f"BUSYHOUR_BIN={binary!r} is no program: build it, or use --probe")
    stage = Stage(report, binary)
    shutil.rmtree(stage.folder, ignore_errors=True)
    stage.folder.mkdir(parents=True)
    asyncio.run(Suite(stage, names).run())
    print(f"lab {report.version}: {report.passed} passed, {report.failed} failed", flush=True)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
