"""A Redis that a test starts, stops and mistreats: a real server on a loopback port."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import redis
from loopback import free_port

from monitor.embedded import find_server


class ManagedServer:
    """Keeps its port and its files over restarts."""

    def __init__(self, folder: Path, until: Callable[..., None]) -> None:
        self._folder, self._until = folder, until
        folder.mkdir()
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        arguments += ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [find_server().path, *arguments], stdout=log, stderr=log
            )
        self._until(self.answers, what="the server answers")

    def answers(self) -> bool:
        client = self.client()
        try:
            return bool(client.ping())
        except redis.exceptions.RedisError:
            return False
        finally:
            client.close()

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port)

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def tell(self, *command: str) -> None:
        """Send one command."""
        client = self.client()
        client.execute_command(*command)
        client.close()
