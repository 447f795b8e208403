"""The product's books against other people's: queue_log, and a second listener."""
import asyncio
import collections
import time

from labkit import expect, fields
from labkit.ami import fields_of, stamped_events
from labkit.queuelog import day


def wanted_day(path):
    """{queue: {item: count}} as queue_log has it."""
    return {queue: {item: counts[verb] for verb, item in fields.DAY.items()}
            for queue, counts in day(path).items()}


def check_script(stage, expected):
    """queue_log says what the flows say they did.  expected: flows.DAY"""
    verbs = ("ENTERQUEUE", "CONNECT", "ABANDON", "EXITWITHTIMEOUT")
    seen = {queue: tuple(counts[v] for v in verbs)
            for queue, counts in day(stage.queue_log).items()}
    stage.report.line(seen == expected, "queue_log", "is what the flows did",
                      "" if seen == expected else
                      f"differs: {sorted(seen.items() ^ expected.items())}")


async def check_day(stage, area="day"):
    """The day's counts of every queue, to the call."""
    wanted = wanted_day(stage.queue_log)
    for queue, items in sorted(wanted.items()):
        def claim(tables, queue=queue, items=items):
            row = expect.queue_row(tables, queue)
            return all(row[item] == count for item, count in items.items())

        def show(tables, queue=queue, items=items):
            row = expect.queue_row(tables, queue)
            return {item: row.get(item) for item in items}
        words = " ".join(f"{item}={count}" for item, count in items.items())
        await stage.check(area, expect.Expectation(f"{queue}: {words}", None, claim, show))


async def check_anomalies(stage, area, explained=()):
    """None but of the codes that are explained."""
    def strange(tables):
        return [r for r in tables["anomalies"] if r[fields.ANOMALY["code"]] not in explained]
    await stage.check(area, expect.Expectation(
        "none unexplained", None, lambda tables: not strange(tables), strange))


def between(data, first, last):
    """Multiset of the stamped events from one mark to another.

    A mark is found by its text; events are picked by stamp, not by place,
    because two listeners may hear neighbours in another order."""
    events = stamped_events(data)
    marks = {}
    for stamp, block in events:
        if b"LabMark" in block:
            marks[fields_of(block).get("Mark")] = stamp
    if first not in marks or last not in marks:
        raise LookupError(f"mark {first if first not in marks else last} is not there")
    return collections.Counter(
        block for stamp, block in events
        if marks[first] <= stamp <= marks[last] and must_be_kept(fields_of(block)))


def must_be_kept(event):
    """Whether the journal may not leave out this event."""
    name = event["Event"]
    if name == "VarSet":
        return event.get("Variable") in fields.VARIABLES_KEPT
    if name == "UserEvent":
        return event.get("UserEvent") != fields.HEARTBEAT
    return name not in fields.NOT_KEPT


async def kept(stage, mark, timeout=60):
    """Wait until the mark is in the journal, and so all that was heard before it."""
    end = time.monotonic() + timeout
    while True:
        data = await stage.product.journal(stage.acd)
        if f"Mark: {mark}\r\n".encode() in data or time.monotonic() > end:
            return data
        await asyncio.sleep(0.1)


async def check_journal(stage, area, witness, spans):
    """Between each pair of marks the journal has what the witness heard."""
    try:
        data = await kept(stage, spans[-1][1])
    except ValueError as error:
        stage.report.line(False, area, "journal export", str(error))
        return
    # Both are left behind, so that a difference can be looked into.
    (stage.folder / f"{area}.witness").write_bytes(witness.data)
    (stage.folder / f"{area}.journal").write_bytes(data)
    for first, last in spans:
        try:
            ours, theirs = between(data, first, last), between(witness.data, first, last)
        except LookupError as error:
            stage.report.line(False, area, f"journal from {first} to {last}", str(error))
            continue
        lost, extra = theirs - ours, ours - theirs
        detail = "" if not lost and not extra else (
            f"{sum(lost.values())} lost, {sum(extra.values())} too many; "
            + repr([b[:300] for b in [*lost, *extra][:3]]))
        stage.report.line(not detail and len(theirs) > 0, area,
                          f"journal has all {sum(theirs.values())} events "
                          f"from {first} to {last}", detail)
