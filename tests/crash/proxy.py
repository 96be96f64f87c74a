"""A Redis proxy on a unix socket that kills its client or its server, or loses a reply, at a chosen
command.

It reads the protocol, so a point is a command, not a byte: "before" kills the client when the
server has not seen the command, "after" when it has been carried out and the reply is on its way,
"lose" drops that reply and the connection, as a network does, and "server" kills the server that
has carried it out, so that the reply is lost, too.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from typing import Literal

from gateway import Gateway

from monitor.store.redis import script

Harm = Literal["before", "after", "lose", "server"]

SCRIPTS = {
    sha1(script(path.stem).encode(), usedforsecurity=False).hexdigest(): path.stem
    for path in (Path(__file__).parents[2] / "monitor/store/lua").glob("*.lua")
}
NOISE = {
    *("attend", "renew", "blmove", "ping", "hello", "client", "auth", "select", "script", "eval"),
    *("maint_notifications", "multi", "exec", "command"),
}
"""Commands of other threads and of the connection itself: when they come is chance."""


@dataclass(slots=True)
class Stream:
    """The protocol, read from a socket; `taken` collects the raw bytes of one value."""

    socket: socket.socket
    ahead: bytes = b""
    taken: bytearray = field(default_factory=bytearray)

    def value(self) -> tuple[object, bytes]:
        """One value and its bytes. Raises ConnectionError at the end."""
        self.taken = bytearray()
        return self._value(), bytes(self.taken)

    def _value(self) -> object:
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind in b"*~>":
            return [self._value() for _ in range(max(int(rest), 0))]
        if kind == b"%":
            return [self._value() for _ in range(2 * int(rest))]
        if kind in b"$=!" and int(rest) >= 0:
            return self._exactly(int(rest) + 2)[:-2]
        return rest

    def _line(self) -> bytes:
        while b"\r\n" not in self.ahead:
            self._more()
        line, _, self.ahead = self.ahead.partition(b"\r\n")
        self.taken += line + b"\r\n"
        return line

    def _exactly(self, count: int) -> bytes:
        while len(self.ahead) < count:
            self._more()
        data, self.ahead = self.ahead[:count], self.ahead[count:]
        self.taken += data
        return data

    def _more(self) -> None:
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError
        self.ahead += data


class Proxy(Gateway):
    """Stands before a server. `points` are the commands seen so far, without the noise."""

    def __init__(
        self,
        path: Path,
        server: str,
        *,
        point: int | None = None,
        harm: Harm | None = None,
        kill_server: Callable[[], None] = lambda: None,
    ) -> None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen(64)
        super().__init__(listener)
        self.url = f"unix://{path}"
        self.points: list[str] = []
        self._server = server
        self._point, self._harm, self._kill_server = point, harm, kill_server
        self._lock = threading.Lock()

    def serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            asked, answered = Stream(client), Stream(server)
            pid = peer(client)
            try:
                server.connect(self._server)
                while True:
                    command, data = asked.value()
                    harm = self._harm_for(command)
                    if harm == "before":
                        os.kill(pid, signal.SIGKILL)
                        return
                    server.sendall(data)
                    _, reply = answered.value()
                    if harm == "after":
                        os.kill(pid, signal.SIGKILL)
                    if harm == "server":
                        self._kill_server()
                    if harm is not None:
                        return
                    client.sendall(reply)
            except OSError:
                return

    def _harm_for(self, command: object) -> Harm | None:
        name = named(command)
        if name in NOISE:
            return None
        with self._lock:
            self.points.append(name)
            return self._harm if len(self.points) - 1 == self._point else None


def named(command: object) -> str:
    """The transition or command, in words."""
    assert isinstance(command, list)
    word = bytes(command[0]).decode().lower()
    return SCRIPTS.get(bytes(command[1]).decode(), word) if word == "evalsha" else word


def peer(connection: socket.socket) -> int:
    """The process at the other end."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, _, _ = struct.unpack("3i", raw)
    assert isinstance(pid, int)
    return pid
