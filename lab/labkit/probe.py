"""What the PBX itself says: the truth that the product is held against.

Asks QueueStatus and CoreShowChannels over and over and keeps three things
that no list shows (hold, parking, the queue's own wrap-up time).  It knows
nothing of calls, agents or Busyhour, and is wrong in no interesting way.
"""
import time

from .poller import Poller

WRAPUP = {"wrapup": 4}                      # as in etc/queues.conf
IDLE, RINGING, TALKING = {"1"}, {"6", "7"}, {"2", "3", "8"}
GONE = {"0", "4", "5"}


class Facts:
    """One look at the PBX."""

    def __init__(self, members, entries, channels, held, parked):
        self.members, self.entries, self.channels = members, entries, channels
        self.held, self.parked, self.at = held, parked, time.time()

    # ---- agents -------------------------------------------------------------
    def rows(self, interface):
        return [m for m in self.members
                if interface in (m["Location"], m["StateInterface"])]

    def _after_work(self, member):
        wrapup = WRAPUP.get(member["Queue"], 0)
        return wrapup and self.at < int(member["LastCall"]) + wrapup

    def agent(self, interface, state):
        """Whether this can be the state of the agent with this interface."""
        rows = self.rows(interface)
        status = {m["Status"] for m in rows}
        paused = [m["Paused"] == "1" for m in rows]
        after_work = any(self._after_work(m) for m in rows)
        return bool(rows) and {
            "AVAIL": status <= IDLE and not any(paused) and not after_work,
            "RING": bool(status & RINGING),
            "ACD": bool(status & TALKING),
            "ACW": status <= IDLE and after_work,
            "AWAY": status <= GONE,
            "AUX": all(paused) or bool(status & TALKING),
        }.get(state, True)

    def may_show(self, interface, state):
        """As agent(), but for somebody in several queues of which he is paused in some:
        he counts as available."""
        rows = [m for m in self.rows(interface) if m["Paused"] == "0"]
        return Facts(rows or self.rows(interface), [], [], (), ()).agent(interface, state)

    # ---- calls --------------------------------------------------------------
    def legs(self, number):
        return [c for c in self.channels if c["CallerIDNum"] == number]

    def queued(self, number):
        return any(e["CallerIDNum"] == number for e in self.entries)

    def call(self, number, state):
        legs = self.legs(number)
        talking = any(c["BridgeId"] for c in legs) and not self.queued(number)
        held = any(c["Linkedid"] in self.held for c in legs)
        parked = any(c["Uniqueid"] in self.parked for c in legs)
        return bool(legs) and {
            "IVR": not self.queued(number) and not talking,
            "QUEUED": self.queued(number),
            "RINGING": self.queued(number) or not talking,
            "TALKING": talking and not held and not parked,
            "HELD": talking and held,
            "PARKED": parked,
            "CONFERENCE": talking,
        }[state]

    def waiting(self, queue):
        return sum(1 for e in self.entries if e["Queue"] == queue)

    def staffed(self, queue):
        return sum(1 for m in self.members if m["Queue"] == queue)


class Probe(Poller):
    """Polls the PBX through an Ami connection."""

    def __init__(self, ami):
        super().__init__()
        self.held, self.parked = set(), set()
        self.attach(ami)

    def attach(self, ami):
        """Take a connection, the first one or that after a restart."""
        self.ami = ami
        self.held.clear()
        self.parked.clear()
        ami.listeners.append(self._heard)

    def _heard(self, event):
        name = event["Event"]
        if name == "Hold":
            self.held.add(event["Linkedid"])
        elif name == "Unhold":
            self.held.discard(event["Linkedid"])
        elif name == "ParkedCall":
            self.parked.add(event["ParkeeUniqueid"])
        elif name in ("UnParkedCall", "ParkedCallTimeOut", "ParkedCallGiveUp"):
            self.parked.discard(event["ParkeeUniqueid"])

    async def fetch(self):
        status = await self.ami.do("QueueStatus", timeout=3)
        channels = await self.ami.do("CoreShowChannels", timeout=3)
        return Facts([m for m in status if m.get("Event") == "QueueMember"],
                     [m for m in status if m.get("Event") == "QueueEntry"],
                     [m for m in channels if m.get("Event") == "CoreShowChannel"],
                     set(self.held), set(self.parked))
