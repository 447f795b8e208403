"""A wire between product and PBX that can be cut.

pass    bytes flow
drop    connections are reset and refused: a cable pulled with the port down
silent  connections stay, nothing flows: a firewall that forgot, a half-open link
"""
import asyncio
import socket
import struct


class Proxy:
    """Listens on .port and forwards to .target."""

    def __init__(self, port, target):
        self.port, self.target = port, target
        self.server, self.pairs = None, []
        self.flows = asyncio.Event()

    async def start(self):
        self.flows.set()
        await self._listen()
        return self

    async def _listen(self):
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _accept(self, reader, writer):
        try:
            out_reader, out_writer = await asyncio.open_connection(*self.target)
        except OSError:
            abort(writer)
            return
        tasks = [asyncio.ensure_future(self._pump(reader, out_writer)),
                 asyncio.ensure_future(self._pump(out_reader, writer))]
        pair = (tasks, [writer, out_writer])
        self.pairs.append(pair)
        # Either end closed: close the other one, as a wire would.
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass                       # the run is over
        self._end(pair)

    async def _pump(self, reader, writer):
        try:
            while chunk := await reader.read(1 << 16):
                await self.flows.wait()
                writer.write(chunk)
                await writer.drain()
        except (ConnectionError, OSError):
            pass

    def _end(self, pair):
        if pair in self.pairs:
            self.pairs.remove(pair)
        for task in pair[0]:
            task.cancel()
        for writer in pair[1]:
            abort(writer)

    async def drop(self):
        """Reset what is there, refuse what comes."""
        self.server.close()
        for pair in list(self.pairs):
            self._end(pair)

    def silence(self):
        """Keep all connections, let nothing through, tell nobody."""
        self.flows.clear()

    async def restore(self):
        """As before; connections that were silent are gone for good."""
        for pair in list(self.pairs):
            self._end(pair)
        self.flows.set()
        if not self.server.is_serving():
            await self._listen()

    async def stop(self):
        self.flows.set()
        await self.drop()


def abort(writer):
    """Close with a reset, so that no port waits in TIME_WAIT."""
    sock = writer.get_extra_info("socket")
    try:
        if sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    writer.transport.abort()
