"""Ask again and again, and wake those who wait for an answer."""
import asyncio


class Poller:
    """Fetches a snapshot every .pace seconds; until() waits for one that fits.

    Only snapshots fetched after the call of until() count: an old one may
    show the state before the step that is being checked.
    """
    pace = 0.12

    def __init__(self):
        self.latest, self.task = None, None
        self.waiting = []              # (predicate, future)

    async def fetch(self):
        raise NotImplementedError

    def run(self):
        self.task = asyncio.ensure_future(self._loop())

    def halt(self):
        if self.task:
            self.task.cancel()

    async def _loop(self):
        while True:
            started = [entry for entry in self.waiting]
            try:
                self.latest = await self.fetch()
            except (OSError, ValueError, asyncio.TimeoutError):
                self.latest = None
            if self.latest is not None:
                for predicate, future in started:
                    judge(predicate, self.latest, future)
            await asyncio.sleep(self.pace)

    async def until(self, predicate, timeout):
        """Whether the predicate came to hold within timeout seconds."""
        entry = (predicate, asyncio.get_running_loop().create_future())
        self.waiting.append(entry)
        try:
            await asyncio.wait_for(entry[1], timeout)
            return True
        except asyncio.TimeoutError:
            return False
        finally:
            self.waiting.remove(entry)


def judge(predicate, snapshot, future):
    """Resolve the future if the predicate holds.

    One that stumbles over a missing row or item does not hold; any other
    mistake is the script's own and belongs to who waits."""
    if future.done():
        return
    try:
        if predicate(snapshot):
            future.set_result(True)
    except (LookupError, TypeError, AttributeError):
        pass
    except Exception as error:
        future.set_exception(error)
