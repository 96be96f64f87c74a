"""The network between one machine and Redis: a proxy that can be cut, and healed.

A cut swallows what is sent, as a network does: nobody is told, and connections stay open until
somebody loses patience. What was swallowed does not come after the healing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import threading

from gateway import Gateway


class Link(Gateway):
    """A port of ours that leads to another one on loopback. `before` is what a program on the
    machine behind it is started by.
    """

    before: tuple[str, ...] = ()

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        super().__init__(socket.create_server((address, 0), backlog=64))
        self._to = port
        self._whole = threading.Event()
        self._whole.set()
        self._ends: set[socket.socket] = set()

    @property
    def url(self) -> str:
        address, port = self.listener.getsockname()
        return f"redis://{address}:{port}/0"

    def cut(self) -> None:
        """From now on nothing passes, either way."""
        self._whole.clear()

    def heal(self) -> None:
        """New connections pass; those from before are dead."""
        self._whole.set()
        self._drop()

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._drop()

    def serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            client.close()
            return
        self._ends.update((client, server))
        threading.Thread(target=self._pass, args=(server, client), daemon=True).start()
        self._pass(client, server)

    def _drop(self) -> None:
        ends, self._ends = self._ends, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if self._whole.is_set():
                    sink.sendall(data)
        if self._whole.is_set():
            for end in (source, sink):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


class Cable(Link):
    """The same for a network namespace: a machine with a network of its own, and a cable to it that
    is pulled out. Needs root, and `ip` of iproute2.
    """

    def __init__(self, port: int, number: int) -> None:
        self._name, self._end = f"wirewatch{number}", f"wwcable{number}"
        here, there = f"10.213.{number}.1", f"10.213.{number}.2"
        ip("netns", "add", self._name)
        ip("link", "add", self._end, "type", "veth", "peer", "name", "eth0", "netns", self._name)
        ip("addr", "add", f"{here}/24", "dev", self._end)
        ip("link", "set", self._end, "up")
        ip("-n", self._name, "addr", "add", f"{there}/24", "dev", "eth0")
        for end in ("lo", "eth0"):
            ip("-n", self._name, "link", "set", end, "up")
        super().__init__(port, here)
        self.before = ("ip", "netns", "exec", self._name)

    def cut(self) -> None:
        """Pull it out."""
        ip("link", "set", self._end, "down")

    def heal(self) -> None:
        """Put it in again; what is lost on the way is sent anew by the kernels."""
        ip("link", "set", self._end, "up")

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        ip("link", "del", self._end)
        ip("netns", "del", self._name)


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def has_namespaces() -> bool:
    """Whether machines can be made here."""
    return os.geteuid() == 0 and shutil.which("ip") is not None
