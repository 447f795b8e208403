"""queue_log: the PBX's own books, and the day's figures by queue from them."""
import collections


def lines(path):
    """(epoch, call, queue, agent, verb, data) of each line."""
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            parts = line.rstrip("\n").split("|")
            if len(parts) >= 5:
                yield int(parts[0]), parts[1], parts[2], parts[3], parts[4], parts[5:]


def day(path):
    """{queue: Counter of verbs}, for queues that had at least one caller."""
    counts = collections.defaultdict(collections.Counter)
    for _, _, queue, _, verb, _ in lines(path):
        counts[queue][verb] += 1
    return {q: c for q, c in counts.items() if c["ENTERQUEUE"]}
