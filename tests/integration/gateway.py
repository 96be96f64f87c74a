"""Something that stands between clients and a server, and may do harm: a listener with a thread
for each connection.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from abc import ABC, abstractmethod
from typing import Self


class Gateway(ABC):
    """Accepts connections as long as it is entered, and hands each to `serve`."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens, if that is on TCP."""
        return int(self.listener.getsockname()[1])

    @abstractmethod
    def serve(self, client: socket.socket) -> None:
        """Serve one connection, in a thread of its own."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()


class RawServer(Gateway):
    """Sends these bytes to whoever connects and asks; then what is `repeated`, again and again, or
    hangs up.
    """

    def __init__(
        self, answer: bytes, *, repeated: bytes = b"", pause_s: float = 0.0, to: str = "127.0.0.1"
    ) -> None:
        super().__init__(socket.create_server((to, 0)))
        self._answer, self._repeated, self._pause_s = answer, repeated, pause_s
        self._over = threading.Event()

    def serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(ConnectionError):
            client.recv(1 << 16)
            client.sendall(self._answer)
            while self._repeated and not self._over.wait(self._pause_s):
                client.sendall(self._repeated)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        super().__exit__()
