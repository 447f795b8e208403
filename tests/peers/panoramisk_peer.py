"""PORT: PyPI panoramisk as its manual shows it: register for all events, count by name."""
import asyncio
import collections
import json
import sys
import time

from panoramisk import Manager


async def main(port):
    names, over = collections.Counter(), asyncio.Event()
    begin = time.monotonic()
    manager = Manager(host="127.0.0.1", port=port, username="peer", secret="peer",
                      loop=asyncio.get_running_loop())

    def count(_, event):
        if event.event == "UserEvent" and event.userevent == "PeersEnd":
            over.set()
        elif "timestamp" in event:
            names[event.event] += 1

    manager.register_event("*", count)
    manager.connect()
    await over.wait()
    print(json.dumps({"events": sum(names.values()), "names": names,
                      "seconds": time.monotonic() - begin}), flush=True)
    manager.close()


asyncio.run(main(int(sys.argv[1])))
