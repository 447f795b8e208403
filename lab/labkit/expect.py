"""Expectations: each knows how the PBX shows it and how the product must show it.

Expectation(name, truth, claim, show): truth is asked of the probe's Facts,
claim of the product's tables; show says what the product showed instead.
"""
from . import fields

A, Q, C = fields.AGENT, fields.QUEUE, fields.CALL


class Expectation:
    """One line of the report."""

    def __init__(self, name, truth, claim, show):
        self.name, self.truth, self.claim, self.show = name, truth, claim, show


def interface(number):
    return f"PJSIP/{number}" if isinstance(number, int) else number


# ---- rows of the product's tables ---------------------------------------------
def agent_rows(tables, number):
    return [r for r in tables["agents"] if r[A["agent"]] == interface(number)]


def row_of(rows, item, value):
    """The one row with this value; LookupError if there is none."""
    for row in rows:
        if row[item] == value:
            return row
    raise LookupError(f"no row with {item} = {value}")


def queue_row(tables, queue):
    return row_of(tables["queues"], Q["queue"], queue)


def call_rows(tables, number):
    """Calls of this caller that have not ended."""
    return [r for r in tables["calls"] if str(r.get(C["caller"], "")) == str(number)
            and r[C["state"]] not in fields.CALL_ENDED]


def open_calls(tables):
    return [r for r in tables["calls"] if r[C["state"]] not in fields.CALL_ENDED]


# ---- expectations ---------------------------------------------------------------
def agent(number, state, reason=None, direction=None, also=()):
    """The agent is in this state.  One person is one row, whatever the queues.
    also: further names the product may give the same member."""
    wanted = fields.AGENT_STATES[state]

    def rows(tables):
        return [r for n in (number, *also) for r in agent_rows(tables, n)]

    def claim(tables):
        found = rows(tables)
        if len(found) != 1:
            return False
        row = found[0]
        return (row[A["state"]] in wanted
                and (reason is None or row[A["reason"]] == reason)
                and (direction is None or row[A["direction"]] in fields.DIRECTION[direction]))
    words = [str(number), state, reason or "", direction or ""]
    return Expectation("agent " + " ".join(filter(None, words)),
                       lambda facts: facts.agent(interface(number), state), claim, rows)


def unstaffed(number):
    """The agent is logged in nowhere."""
    def claim(tables):
        return all(r[A["state"]] not in {"AVAIL", "RING", "ACD", "ACW", "AUX", "OTHER"}
                   for r in agent_rows(tables, number))
    return Expectation(f"agent {number} logged off",
                       lambda facts: not facts.rows(interface(number)), claim,
                       lambda tables: agent_rows(tables, number))


def call(number, state, split=None, agent=None, vdn=None):
    """There is exactly one call of this caller, and it is in this state."""
    wanted = fields.CALL_STATES[state]

    def claim(tables):
        rows = call_rows(tables, number)
        if len(rows) != 1:
            return False
        row = rows[0]
        return (row[C["state"]] in wanted
                and (split is None or row[C["split"]] == split)
                and (agent is None or row[C["agent"]] == interface(agent))
                and (vdn is None or str(row[C["vdn"]]) == vdn))
    words = [f"call {number} {state}", split and f"in {split}", agent and f"with {agent}"]
    return Expectation(" ".join(filter(None, words)),
                       lambda facts: facts.call(str(number), state), claim,
                       lambda tables: call_rows(tables, number))


def gone(number):
    """No call of this caller is left."""
    return Expectation(f"call {number} gone", lambda facts: not facts.legs(str(number)),
                       lambda tables: not call_rows(tables, number),
                       lambda tables: call_rows(tables, number))


def ended(number, **items):
    """The call is over, and the books say how: outcome, by whom, how often transferred."""
    def rows(tables):
        return [r for r in tables["calls"] if str(r.get(C["caller"], "")) == str(number)
                and r[C["state"]] in fields.CALL_ENDED]

    def claim(tables):
        row, = rows(tables)[-1:]
        return all(row[fields.ENDED[item]] == value for item, value in items.items())
    return Expectation(f"call {number} ended: " + " ".join(f"{k}={v}" for k, v in items.items()),
                       lambda facts: not facts.legs(str(number)),
                       lambda tables: not call_rows(tables, number) and bool(rows(tables))
                       and claim(tables), rows)


def queue(name, **counts):
    """Items of a queue, such as waiting=1, acd=1."""
    def truth(facts):
        return all({"waiting": facts.waiting, "staffed": facts.staffed}.get(
            item, lambda _, n=number: n)(name) == number for item, number in counts.items())

    def claim(tables):
        row = queue_row(tables, name)
        return all(row[Q[item]] == number for item, number in counts.items())
    return Expectation(f"queue {name} " + " ".join(f"{k}={v}" for k, v in counts.items()),
                       truth, claim, lambda tables: queue_row(tables, name))


def link(state_live, name):
    """The link to the PBX is live, or is shown as something else."""
    def row(tables):
        return row_of(tables["links"], fields.LINK["name"], name)

    def claim(tables):
        return (row(tables)[fields.LINK["state"]] in fields.LINK_LIVE) == state_live
    return Expectation(f"link {'live' if state_live else 'not live'}", None, claim, row)


def no_advice(name):
    """A PBX set up as the manual says gives nothing to complain about."""
    def advice(tables):
        return row_of(tables["links"], fields.LINK["name"], name)[fields.LINK["advice"]]
    return Expectation("no advice on a manager.conf as in the manual", None,
                       lambda tables: not advice(tables), advice)


def agrees(probe):
    """The tables are those of the PBX: channels, callers waiting, agents and pauses.

    Compared with the probe's newest look, again and again: both move."""
    def differences(tables):
        facts, out = probe.latest, []
        if facts is None:
            return ["the PBX does not answer"]
        theirs = {c["Channel"] for c in facts.channels}
        ours = {r[fields.CHANNEL["channel"]] for r in tables["channels"]}
        if theirs != ours:
            out.append(f"channels: PBX only {sorted(theirs - ours)}, "
                       f"product only {sorted(ours - theirs)}")
        shown = {r[A["agent"]] for r in tables["agents"]}
        for member in facts.members:
            if not shown & {member["Location"], member["StateInterface"]}:
                out.append(f"agent {member['Location']} is missing")
        missing = {m["Queue"] for m in facts.members} - {r[Q["queue"]] for r in tables["queues"]}
        if missing:
            out.append(f"queues missing: {sorted(missing)}")
        for row in tables["queues"]:
            name = row[Q["queue"]]
            if row[Q["staffed"]] != facts.staffed(name):
                out.append(f"queue {name}: staffed {row[Q['staffed']]}, "
                           f"PBX {facts.staffed(name)}")
            if row[Q["waiting"]] != facts.waiting(name):
                out.append(f"queue {name}: waiting {row[Q['waiting']]}, "
                           f"PBX {facts.waiting(name)}")
        in_use = sum(c["Channel"].startswith("PJSIP/trunk-") for c in facts.channels)
        shown_in_use = sum(r[fields.TRUNK["in_use"]] for r in tables["trunks"])
        if in_use != shown_in_use:
            out.append(f"trunks in use: {shown_in_use}, PBX {in_use}")
        names = {i: m["Name"] for m in facts.members
                 for i in (m["Location"], m["StateInterface"])}
        for row in tables["agents"]:
            if row[A["name"]] != names.get(row[A["agent"]]):
                out.append(f"agent {row[A['agent']]}: name {row[A['name']]}")
            state, name = row[A["state"]], row[A["agent"]]
            words = {"AVAIL", "RING", "ACD", "AUX"}
            if state in words and not facts.may_show(name, state):
                out.append(f"agent {name}: {state}, PBX "
                           f"{[(m['Status'], m['Paused']) for m in facts.rows(name)]}")
        return out
    return Expectation("tables agree with the PBX", lambda facts: True,
                       lambda tables: not differences(tables), differences)


def no_ghosts():
    """No call and no channel is left on an idle PBX."""
    return Expectation("no ghosts: no call, no channel left", lambda facts: not facts.channels,
                       lambda tables: not open_calls(tables) and not tables["channels"],
                       lambda tables: open_calls(tables) + tables["channels"])
