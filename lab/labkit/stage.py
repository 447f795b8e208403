"""The stage: the PBX's addresses, phones, probe, product, and what a flow may do."""
import asyncio
import hashlib
import itertools
import json
import os
import ssl
import subprocess
from pathlib import Path

from . import expect, fields
from .ami import Ami
from .probe import Probe
from .product import Product
from .proxy import Proxy
from .sipphone import Phone

HOST = "127.0.0.1"
# The PBX gets time to come to a state; the product only to hear and show it. Both are usually
# there at once: the rest is for a machine that is busy.
TRUTH_SECONDS, CLAIM_SECONDS = 60, 20
# After so many failures it is plain that something is wrong: do not wait long any more.
PATIENCE = 20
NAMES = {n: f"{first} {last}" for n, first, last in zip(
    range(1001, 1031),
    ("Alice Bob Carol Dave Eve Frank Grace Heidi Ivan Judy Karl Lena Mike Nina Olga "
     "Paul Quinn Rita Sam Tina Uwe Vera Walt Xenia Yann Zoe Anna Ben Cleo Dora").split(),
    ("Ames Bates Cruz Dunn East Ford Gray Hill Innes Jones King Lane Moss North Owen "
     "Penn Quick Rose Stone Thorn Unger Vale West Xu Young Zimmer Abel Baker Cole Dean").split())}


class Stage:
    """Everything one run against one Asterisk needs."""

    def __init__(self, report, binary):
        env = os.environ
        self.report, self.binary = report, binary
        self.version = env["LAB_VERSION"]
        self.acd = f"lab{self.version}"
        self.base = int(env["LAB_BASE"])
        self.ami_port, self.tls_port = self.base + 38, self.base + 39
        self.proxy_port, self.http_port = self.base + 37, self.base + 80
        self.chroot, self.script = Path(env["LAB_CHROOT"]), env["LAB_SCRIPT"]
        self.folder = self.chroot.parent / f"run-{self.version}"
        self.queue_log = self.chroot / "lab/log/queue_log"
        self.product = self.proxy = None
        self.numbers = itertools.count(5550101)

    async def open(self):
        """Connect, and register every phone."""
        await self.connect()
        self.probe = Probe(self.ami)
        self.probe.run()
        sip = (HOST, self.base + 60)
        self.phones = {n: await Phone(str(n), self.base + 100 + n - 1000, sip).start()
                       for n in NAMES}
        self.trunk = await Phone("trunk", self.base + 199, sip, "X-Trunk: lab").start()
        await self.register()

    async def connect(self):
        self.ami = await Ami(HOST, self.ami_port).connect("admin", "adminsecret")

    async def reconnect(self):
        """After the PBX went: wait until it has booted, then go on as before.
        It takes logins before its modules are loaded, hence the QueueStatus."""
        for phone in [*self.phones.values(), self.trunk]:
            phone.forget()
        for _ in range(600):
            try:
                await self.connect()
                reply = await self.ami.do("QueueStatus")
                if reply[0].get("Response") == "Success":
                    break
                self.ami.close()
            except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
                pass
            await asyncio.sleep(0.05)
        self.probe.attach(self.ami)
        await self.register()

    async def register(self):
        await asyncio.gather(*(phone.register() for phone in self.phones.values()))

    def close(self):
        self.probe.halt()
        self.ami.close()
        for phone in [*self.phones.values(), self.trunk]:
            phone.stop()

    # ---- the product --------------------------------------------------------
    def link(self, name, **changes):
        """One [[pbx]] entry: MD5 over TLS with the lab's CA, through the wire."""
        entry = {"name": name, "address": f"{HOST}:{self.proxy_port}", "user": "busyhour",
                 "secret": "busyhoursecret", "login": "md5", "tls": True,
                 "tls_ca": str(self.chroot / "lab/keys/ca.pem"),
                 "queues_conf": str(self.chroot / "lab/etc/queues.conf"),
                 "trunks": fields.TRUNKS}
        entry.update(changes)
        return {key: value for key, value in entry.items() if value is not None}

    async def open_product(self):
        """The product on a wire of its own."""
        self.proxy = await Proxy(self.proxy_port, (HOST, self.tls_port)).start()
        self.product = Product(self.binary, self.folder / "product", self.http_port,
                               [self.link(self.acd)])
        self.product.start()

    def pin(self):
        """The fingerprint of the PBX's certificate."""
        pem = (self.chroot / "lab/keys/server.pem").read_text()
        return "sha256:" + hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()

    async def mark(self, text):
        """An event that every listener hears: the border of a comparison."""
        await self.ami.do("UserEvent", UserEvent="LabMark", Mark=text)
        return text

    async def pbx(self, word):
        """lab.sh WORD for this Asterisk, such as "again" after a crash."""
        await asyncio.to_thread(subprocess.run, [self.script, word, self.version],
                                check=True, stdout=subprocess.DEVNULL)

    def pids(self):
        """The PBX's processes: those whose root is our chroot."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if os.path.samefile(entry / "root", self.chroot):
                    found.append(int(entry.name))
            except OSError:
                pass                     # gone meanwhile
        return found

    async def check(self, area, expectation, claim_seconds=CLAIM_SECONDS):
        """One check: first the PBX must show it, then the product."""
        if expectation.truth and not await self.probe.until(expectation.truth, TRUTH_SECONDS):
            return self.report.line(False, area, expectation.name,
                                    "the PBX itself never came to this: the lab's fault")
        if self.product is None:
            return self.report.line(True, area, expectation.name)
        if self.report.failed > PATIENCE:
            claim_seconds = min(claim_seconds, 1)
        if await self.product.until(expectation.claim, claim_seconds):
            return self.report.line(True, area, expectation.name)
        shown = "product: " + self._shown(expectation)
        return self.report.line(False, area, expectation.name, shown)

    def _shown(self, expectation):
        tables = self.product.latest
        if tables is None:
            return "does not answer; " + self.product.log_tail(3)
        try:
            text = json.dumps(expectation.show(tables), default=str)
        except (LookupError, TypeError) as error:
            text = f"no such row or item: {error!r}"
        return text if len(text) < 900 else text[:900] + "..."


class Flow:
    """What the script of one flow may do.  All flows run side by side."""

    def __init__(self, stage, name):
        self.stage, self.name = stage, name

    async def see(self, *expectations):
        """Check each, in this order."""
        for expectation in expectations:
            await self.stage.check(self.name, expectation)

    def number(self):
        """A caller's number that nobody else has: how a call is found again."""
        return str(next(self.stage.numbers))

    def phone(self, agent):
        return self.stage.phones[agent]

    def dial(self, exten, number, name="Carla Caller"):
        return self.stage.trunk.call(exten, number, name)

    async def login(self, queue, agent, interface=None, paused=False):
        """The agent becomes a member of the queue."""
        state = f"PJSIP/{agent}"
        await self.stage.ami.do("QueueAdd", Queue=queue, Interface=interface or state,
                                MemberName=NAMES[agent], StateInterface=state,
                                Paused="true" if paused else "false")

    async def logoff(self, queue, agent, interface=None):
        await self.stage.ami.do("QueueRemove", Queue=queue,
                                Interface=interface or f"PJSIP/{agent}")

    async def pause(self, agent, paused=True, **fields):
        await self.stage.ami.do("QueuePause", Interface=f"PJSIP/{agent}",
                                Paused="true" if paused else "false", **fields)

    async def rings(self, agent):
        return await self.phone(agent).rings()

    async def beside(self, step):
        """Begin a step that only ends when a later one is done."""
        return asyncio.ensure_future(step)

    async def connected(self, queue_exten, agent, number):
        """A caller and the agent talk; returns (caller's, agent's dialog)."""
        caller = self.dial(queue_exten, number)
        leg = await self.rings(agent)
        await leg.answer()
        await self.see(expect.call(number, "TALKING", agent=agent), expect.agent(agent, "ACD"))
        return caller, leg


async def up(dialog, timeout=60):
    """The other side answered."""
    await asyncio.wait_for(dialog.answered.wait(), timeout)


async def over(dialog, timeout=60):
    """The call ended for this party."""
    await asyncio.wait_for(dialog.ended.wait(), timeout)
