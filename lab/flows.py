"""The call flows: what a contact centre does all day, checked while it happens.

Each flow has agents and queues of its own (etc/queues.conf), so all are played
at the same time.  Every step waits for the PBX to show what the step before
was for; no step waits for a length of time.
"""
from labkit.expect import agent, call, ended, gone, queue, unstaffed
from labkit.stage import over, up


async def answered(f):
    """Waits, rings, talks; the caller hangs up and the agent is free again."""
    n = f.number()
    caller = f.dial("8001", n)
    await f.see(call(n, "QUEUED", split="sales", vdn="8001"), queue("sales", waiting=1, staffed=0))
    await f.login("sales", 1001)
    leg = await f.rings(1001)
    await f.see(agent(1001, "RING"), call(n, "RINGING", split="sales"), queue("sales", ring=1))
    await leg.answer()
    await f.see(agent(1001, "ACD", direction="in"),
                call(n, "TALKING", split="sales", agent=1001),
                queue("sales", waiting=0, staffed=1, acd=1, avail=0))
    await caller.bye()
    await f.see(ended(n, outcome="ANSWERED", by="CALLER", direction="IN", transfers=0, talked=1),
                agent(1001, "AVAIL"), queue("sales", acd=0, avail=1))
    # The agent hangs up this time, and then goes home.
    caller, leg = await f.connected("8001", 1001, n := f.number())
    await leg.bye()
    await over(caller)
    await f.see(ended(n, outcome="ANSWERED", by="AGENT"), agent(1001, "AVAIL"))
    await f.logoff("sales", 1001)
    await f.see(unstaffed(1001), queue("sales", staffed=0))


async def direct_answer(f):
    """The dialplan does not answer: the agent's answer is the call's."""
    n = f.number()
    await f.login("direct", 1002)
    caller = f.dial("8009", n)
    leg = await f.rings(1002)
    await f.see(agent(1002, "RING"), call(n, "RINGING", split="direct"))
    await leg.answer()
    await up(caller)
    await f.see(agent(1002, "ACD"), call(n, "TALKING", split="direct", agent=1002))
    await leg.bye()
    await f.see(ended(n, outcome="ANSWERED", by="AGENT"), agent(1002, "AVAIL"))


async def abandon(f):
    """Gives up while waiting; another one while a phone rings."""
    n = f.number()
    caller = f.dial("8002", n)
    await f.see(call(n, "QUEUED", split="care"), queue("care", waiting=1))
    await caller.bye()
    await f.see(ended(n, outcome="ABANDONED", by="CALLER"), queue("care", waiting=0))
    await f.login("care", 1003)
    caller = f.dial("8002", n := f.number(), "Ringing Rita")
    await f.rings(1003)
    await f.see(agent(1003, "RING"), call(n, "RINGING", split="care"))
    await caller.bye()
    await f.see(ended(n, outcome="ABANDONED", by="CALLER", talked=0), agent(1003, "AVAIL"))


async def rona(f):
    """A phone rings out, another one answers; one who does not is paused."""
    n = f.number()
    await f.login("desk", 1004)
    caller = f.dial("8010", n)
    first = await f.rings(1004)
    await f.see(agent(1004, "RING"))
    await over(first)
    await f.pause(1004)
    await f.see(agent(1004, "AUX"), call(n, "QUEUED", split="desk"))
    await f.login("desk", 1005)
    leg = await f.rings(1005)
    await leg.answer()
    await f.see(agent(1005, "ACD"), call(n, "TALKING", split="desk", agent=1005))
    await caller.bye()
    await f.see(gone(n), agent(1005, "AVAIL"))


async def autopause(f):
    """Ring no answer in a queue with autopause."""
    n = f.number()
    await f.login("autopause", 1006)
    caller = f.dial("8007", n)
    await f.rings(1006)
    await f.see(agent(1006, "RING"), agent(1006, "AUX", reason="Auto-Pause"),
                call(n, "QUEUED", split="autopause"))
    await f.pause(1006, False)
    leg = await f.rings(1006)
    await f.see(agent(1006, "RING"))
    leg.reject(486)
    await f.see(agent(1006, "AUX"))
    await caller.bye()
    await f.see(gone(n))


async def wrapup(f):
    """After-call work begins with the call's end and ends by the clock."""
    n = f.number()
    await f.login("wrapup", 1007)
    caller, _ = await f.connected("8003", 1007, n)
    await caller.bye()
    await f.see(agent(1007, "ACW"), gone(n), queue("wrapup", acw=1, avail=0),
                agent(1007, "AVAIL"), queue("wrapup", acw=0, avail=1))


async def pause(f):
    """AUX with a reason, another reason, none; and back."""
    await f.login("backoffice", 1008)
    await f.see(agent(1008, "AVAIL"), queue("backoffice", avail=1, staffed=1))
    await f.pause(1008, Reason="Lunch")
    await f.see(agent(1008, "AUX", reason="Lunch"), queue("backoffice", aux=1, avail=0))
    await f.pause(1008, Reason="Training")
    await f.see(agent(1008, "AUX", reason="Training"))
    await f.pause(1008, False)
    await f.see(agent(1008, "AVAIL"), queue("backoffice", aux=0, avail=1))
    await f.logoff("backoffice", 1008)
    await f.login("backoffice", 1008, paused=True)
    await f.see(agent(1008, "AUX"))


async def two_queues(f):
    """In two queues, one person is one agent, busy in one and gone in the other."""
    await f.login("orders", 1009)
    await f.login("claims", 1009)
    await f.see(agent(1009, "AVAIL"), queue("orders", avail=1), queue("claims", avail=1))
    caller, _ = await f.connected("8011", 1009, n := f.number())
    second = f.dial("8012", m := f.number())
    await f.see(queue("orders", acd=1), queue("claims", acd=0, other=1, avail=0),
                call(m, "QUEUED", split="claims"))
    await caller.bye()
    leg = await f.rings(1009)
    await f.see(gone(n), agent(1009, "RING"), queue("claims", ring=1))
    await leg.answer()
    await f.see(agent(1009, "ACD"), queue("claims", acd=1), queue("orders", acd=0, other=1))
    await second.bye()
    await f.see(gone(m), agent(1009, "AVAIL"))
    await f.pause(1009, Queue="claims", Reason="Helpdesk")
    await f.see(queue("claims", aux=1), queue("orders", avail=1))


async def hold(f):
    """Held and taken back; then the caller gives up on hold."""
    n = f.number()
    await f.login("billing", 1010)
    caller, leg = await f.connected("8013", 1010, n)
    await leg.hold()
    await f.see(call(n, "HELD", agent=1010), agent(1010, "HOLDING"))
    await leg.unhold()
    await f.see(call(n, "TALKING", agent=1010), agent(1010, "ACD"))
    await leg.hold()
    await f.see(call(n, "HELD"))
    await caller.bye()
    await f.see(gone(n), agent(1010, "AVAIL"))


async def blind_transfer(f):
    """The caller is sent on to a colleague, who is not ACD but AUX IN."""
    n = f.number()
    await f.login("returns", 1011)
    await f.login("loans", 1012)
    caller, leg = await f.connected("8014", 1011, n)
    transfer = await f.beside(leg.refer("1012"))
    target = await f.rings(1012)
    await f.see(agent(1011, "AVAIL"), agent(1012, "EXT-RING"))
    await target.answer()
    await transfer
    await f.see(call(n, "TALKING", agent=1012), agent(1012, "AUX", direction="in"),
                agent(1011, "AVAIL"))
    await caller.bye()
    await f.see(ended(n, outcome="ANSWERED", by="CALLER", transfers=1, talked=2),
                agent(1012, "AVAIL"))


async def attended_transfer(f):
    """Hold, consult a colleague, hand over."""
    n = f.number()
    await f.login("hotline", 1013)
    await f.login("loans", 1015)
    caller, leg = await f.connected("8015", 1013, n)
    await leg.hold()
    consult = f.phone(1013).call("1015")
    target = await f.rings(1015)
    await target.answer()
    await up(consult)
    await f.see(call(n, "HELD"), agent(1013, "AUX", direction="out"),
                agent(1015, "AUX", direction="in"))
    await leg.refer("1015", replaces=consult)
    await f.see(agent(1013, "AVAIL"), call(n, "TALKING", agent=1015), agent(1015, "AUX"))
    await target.bye()
    await over(caller)
    await f.see(ended(n, outcome="ANSWERED", by="AGENT", transfers=1, talked=2),
                agent(1015, "AVAIL"))


async def transfer_to_queue(f):
    """Sent on into another queue: one call, two visits, two agents."""
    n = f.number()
    await f.login("reception", 1028)
    caller, leg = await f.connected("8024", 1028, n)
    await leg.refer("8025")
    await f.see(agent(1028, "AVAIL"), call(n, "QUEUED", split="workshop"),
                queue("workshop", waiting=1))
    await f.login("workshop", 1029)
    target = await f.rings(1029)
    await f.see(agent(1029, "RING"), call(n, "RINGING", split="workshop"))
    await target.answer()
    await f.see(agent(1029, "ACD"), call(n, "TALKING", split="workshop", agent=1029))
    await caller.bye()
    await f.see(ended(n, outcome="ANSWERED", by="CALLER", transfers=1, talked=2, visited=2),
                agent(1029, "AVAIL"))


async def consult_queue(f):
    """Consults another queue and hands over: Asterisk joins two bridges by a Local pair,
    and says the second queue call is complete while its agent talks on."""
    n = f.number()
    await f.login("frontline", 1026)
    await f.login("experts", 1027)
    caller, leg = await f.connected("8022", 1026, n)
    await leg.hold()
    consult = f.phone(1026).call("8023")
    expert = await f.rings(1027)
    await f.see(agent(1027, "RING"))
    await expert.answer()
    await up(consult)
    await f.see(agent(1027, "ACD"), agent(1026, "AUX", direction="out"), call(n, "HELD"))
    await leg.refer("8023", replaces=consult)
    await f.see(agent(1026, "AVAIL"), agent(1027, "ACD"), call(n, "TALKING", agent=1027),
                queue("experts", acd=1, waiting=0))
    await caller.bye()
    await over(expert)
    await f.see(gone(n), agent(1027, "AVAIL"))


async def unreachable(f):
    """The phone goes away and comes back: neither free nor paused meanwhile."""
    await f.login("field", 1030)
    await f.see(agent(1030, "AVAIL"))
    await f.phone(1030).register(0)
    await f.see(agent(1030, "AWAY"), queue("field", staffed=1, avail=0, other=1))
    await f.phone(1030).register()
    await f.see(agent(1030, "AVAIL"))


async def overflow(f):
    """Nobody answers in the first queue; the second one does."""
    n = f.number()
    caller = f.dial("8008", n)
    await f.see(call(n, "QUEUED", split="first"))
    leg = await f.rings(1014)
    await f.see(call(n, "RINGING", split="overflow"), agent(1014, "RING"),
                queue("first", waiting=0))
    await leg.answer()
    await f.see(call(n, "TALKING", split="overflow", agent=1014), agent(1014, "ACD"))
    await caller.bye()
    await f.see(ended(n, outcome="ANSWERED", split="overflow", visited=2), agent(1014, "AVAIL"))


async def timeout(f):
    """Nobody answers at all: the dialplan says good-bye."""
    n = f.number()
    caller = f.dial("8004", n)
    await f.see(call(n, "QUEUED", split="short"), queue("short", waiting=1))
    await over(caller)
    await f.see(ended(n, outcome="TIMED_OUT"), queue("short", waiting=0))


async def exits(f):
    """Leaves the queue by a key; another one because nobody is left."""
    n = f.number()
    caller = f.dial("8006", n)
    await up(caller)
    await f.see(call(n, "QUEUED", split="exitkey"))
    await caller.dtmf("2")
    await over(caller)
    await f.see(ended(n, outcome="EXIT_KEY"), queue("exitkey", waiting=0))
    await f.login("strict", 1016)
    await f.see(agent(1016, "AVAIL"))
    caller = f.dial("8005", n := f.number())
    await f.rings(1016)
    await f.see(call(n, "RINGING", split="strict"))
    await f.pause(1016, Reason="Break")
    await over(caller)
    await f.see(ended(n, outcome="LEFT_EMPTY"), agent(1016, "AUX", reason="Break"),
                queue("strict", waiting=0))


async def outbound(f):
    """An agent calls out: answered, then refused."""
    await f.login("dialers", 1017)
    await f.see(agent(1017, "AVAIL"))
    out = f.phone(1017).call("95559999")
    far = await f.stage.trunk.rings()
    await far.answer()
    await up(out)
    await f.see(agent(1017, "AUX", direction="out"), call("1017", "TALKING"),
                queue("dialers", aux=1, avail=0))
    await out.bye()
    await over(far)
    await f.see(agent(1017, "AVAIL"), ended("1017", outcome="ANSWERED", direction="OUT"))
    out = f.phone(1017).call("95559998")
    far = await f.stage.trunk.rings()
    far.reject(486)
    await over(out)
    await f.see(agent(1017, "AVAIL"), ended("1017", outcome="NOT_ANSWERED", direction="OUT"))


async def parked(f):
    """Parked by one agent, taken up by another one."""
    n = f.number()
    await f.login("parts", 1018)
    await f.login("loans", 1019)
    caller, leg = await f.connected("8016", 1018, n)
    await leg.refer("700")
    await f.see(call(n, "PARKED"), agent(1018, "AVAIL"))
    taker = f.phone(1019).call("701")
    await up(taker)
    await f.see(call(n, "TALKING", agent=1019), agent(1019, "AUX"))
    await caller.bye()
    await over(taker)
    await f.see(ended(n, outcome="ANSWERED", parked=True, talked=2), agent(1019, "AVAIL"))


async def conference(f):
    """The caller and two agents meet in a room."""
    n = f.number()
    await f.login("events", 1020)
    caller, leg = await f.connected("8017", 1020, n)
    guest = f.phone(1021).call("7000")
    await up(guest)
    await leg.refer("7000")
    await f.see(agent(1020, "AVAIL"), call(n, "CONFERENCE"))
    host = f.phone(1020).call("7000")
    await up(host)
    await f.see(agent(1020, "AUX", direction="out"), call(n, "CONFERENCE"))
    await guest.bye()
    await host.bye()
    await caller.bye()
    await f.see(ended(n, outcome="ANSWERED", conferenced=True), gone("1020"), gone("1021"),
                agent(1020, "AVAIL"))


async def local_member(f):
    """A member behind Local/...@agents/n: the real phone is two bridges away."""
    n, member = f.number(), "Local/1022@agents/n"
    await f.login("remote", 1022, interface=member)
    await f.see(agent(1022, "AVAIL", also=[member]))
    caller = f.dial("8018", n)
    leg = await f.rings(1022)
    await f.see(agent(1022, "RING", also=[member]), call(n, "RINGING", split="remote"))
    await leg.answer()
    await f.see(agent(1022, "ACD", also=[member]), call(n, "TALKING", split="remote"))
    await caller.bye()
    await over(leg)
    await f.see(ended(n, outcome="ANSWERED", by="CALLER", talked=1, transfers=0),
                agent(1022, "AVAIL", also=[member]))


async def local_optimised(f):
    """The same without /n, with media: the Local channels vanish in mid-call."""
    n, member = f.number(), "Local/1023@agents"
    f.phone(1023).media = True
    await f.login("media", 1023, interface=member)
    caller = f.dial("8019", n)
    leg = await f.rings(1023)
    await f.see(agent(1023, "RING", also=[member]))
    await leg.answer()
    await f.see(call(n, "TALKING", split="media"), agent(1023, "ACD", also=[member]))
    await caller.bye()
    await over(leg)
    await f.see(ended(n, outcome="ANSWERED", by="CALLER", talked=1, transfers=0),
                agent(1023, "AVAIL", also=[member]))


async def menu(f):
    """Through a menu into a queue."""
    n = f.number()
    await f.login("ivr", 1024)
    caller = f.dial("8100", n)
    await up(caller)
    await f.see(call(n, "IVR"))
    await caller.dtmf("1")
    leg = await f.rings(1024)
    await f.see(call(n, "RINGING", split="ivr"))
    await leg.answer()
    await f.see(call(n, "TALKING", split="ivr", agent=1024), agent(1024, "ACD"))
    await leg.bye()
    await f.see(gone(n), agent(1024, "AVAIL"))


ALL = (answered, direct_answer, abandon, rona, autopause, wrapup, pause, two_queues, hold,
       blind_transfer, attended_transfer, transfer_to_queue,
       consult_queue, unreachable, overflow, timeout, exits, outbound, parked,
       conference, local_member, local_optimised, menu)

# What the flows leave in the day's books, counted by hand from the scripts above:
# queue -> offered, answered, abandoned, timed out.  queue_log must say the same,
# or a script did not do what it says.
DAY = {
    "sales": (2, 2, 0, 0), "direct": (1, 1, 0, 0), "care": (2, 0, 2, 0), "desk": (1, 1, 0, 0),
    "autopause": (1, 0, 1, 0), "wrapup": (1, 1, 0, 0), "orders": (1, 1, 0, 0),
    "claims": (1, 1, 0, 0), "billing": (1, 1, 0, 0), "returns": (1, 1, 0, 0),
    "hotline": (1, 1, 0, 0), "first": (1, 0, 0, 1), "overflow": (1, 1, 0, 0),
    "short": (1, 0, 0, 1), "exitkey": (1, 0, 0, 0), "strict": (1, 0, 0, 0),
    "parts": (1, 1, 0, 0), "events": (1, 1, 0, 0), "remote": (1, 1, 0, 0),
    "media": (1, 1, 0, 0), "reception": (1, 1, 0, 0), "workshop": (1, 1, 0, 0),
    "frontline": (1, 1, 0, 0), "experts": (1, 1, 0, 0), "ivr": (1, 1, 0, 0),
}
