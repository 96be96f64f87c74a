"""Something that stands between clients and a server, and may do harm: a listener with a thread
for each connection.
"""

from __future__ import annotations

import socket
import threading
from abc import ABC, abstractmethod
from typing import Self


class Gateway(ABC):
    """Accepts connections as long as it is entered, and hands each to `serve`."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self._thread = threading.Thread(target=self._accept, daemon=True)

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
