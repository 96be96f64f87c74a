"""The containers of the soak: started, killed, looked at, and taken away."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deadline import at_last

ROOT = Path(__file__).parents[2]
PROJECT = "wirewatch-soak"
SPARED = f"{PROJECT}-worker-1"
"""One worker is left alone, so that its memory shows the whole time."""

SERVICES = {
    "redis": 15,
    "poller": 22,
    "worker": 36,
    "soak-feeds": 9,
    "soak-mail": 9,
    "soak-hook": 9,
}
"""Which are killed, and how often relative to the others."""

WAYS = {"container": 50, "all its processes": 30, "one process": 20}
"""How: from outside, and started again by hand; or from inside, and brought back by its restart
policy, or, where it was one of several processes, by the one that supervises them.
"""

BACK_S = 60.0
"""So long a container has to come back by itself."""

ASKED_S = 60.0
"""So long Redis is asked, which may just be loading its files."""

INSIDE = {
    "all its processes": "kill -9 -1",
    "one process": "cd /proc; set -- [0-9]*; shift $(( {roll} % ($# - 1) + 1 )); kill -9 $1",
}
# Shared pages count by their share, so the processes of a container can be added up.
MEMORY = "cat /proc/[0-9]*/smaps_rollup 2>/dev/null | grep ^Pss_Anon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Who was killed, how and when (seconds since 1970)."""

    at: float
    service: str
    container: str
    way: str


@dataclass(slots=True)
class Containers:
    """All of the project. `logs` keeps what those had said that are gone."""

    folder: Path
    dice: random.Random
    kills: list[Kill] = field(default_factory=list)
    memory: list[tuple[float, str, int]] = field(default_factory=list)
    by_hand: Counter[str] = field(default_factory=Counter)
    logs: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, int] = field(default_factory=lambda: {"poller": 2, "worker": 2})

    def compose(self, *arguments: str, check: bool = True) -> str:
        """docker compose, on the two files."""
        files = ("-f", "docker-compose.yml", "-f", "tests/compose/compose.yml")
        return self._docker("compose", "-p", PROJECT, *files, *arguments, check=check)

    def _docker(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["docker", *arguments],
            cwd=ROOT,
            env=os.environ | {"SOAK_FOLDER": str(self.folder), "COMPOSE_ANSI": "never"},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=900,
            check=False,
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"docker {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def up(self, *services: str) -> None:
        """Start what does not run of these, or of all; so many as are wanted."""
        scale = [f"--scale={name}={count}" for name, count in self.wanted.items()]
        alone = ["--no-deps"] if services else []
        self.compose("up", "-d", "--no-build", "--no-recreate", *alone, *scale, *services)

    def states(self) -> dict[str, tuple[str, str]]:
        """Container -> its service and state."""
        rows = self._docker(
            "ps", "-a", "--filter", f"label=com.docker.compose.project={PROJECT}",
            "--format", '{{.Names}} {{.Label "com.docker.compose.service"}} {{.State}}',
        )  # fmt: skip
        split = (row.split() for row in rows.splitlines())
        return {name: (service, state) for name, service, state in split}

    def running(self) -> dict[str, str]:
        """Container -> service, of those that run."""
        return {
            name: service for name, (service, state) in self.states().items() if state == "running"
        }

    def kill(self, away: frozenset[str]) -> None:
        """Kill one at random, by its service; none that are away, nor the one that is spared."""
        running = self.running()
        service = self.dice.choices([*SERVICES], weights=[*SERVICES.values()])[0]
        mine = sorted(n for n, s in running.items() if s == service and n != SPARED)
        if not mine or service in away:
            return
        container = self.dice.choice(mine)
        way = self.dice.choices([*WAYS], weights=[*WAYS.values()])[0]
        if way == "one process" and service != "worker":
            way = "all its processes"
        self.kills.append(Kill(at=time.time(), service=service, container=container, way=way))
        if way == "container":
            self._docker("kill", "--signal", "KILL", container, check=False)
            self._docker("start", container, check=False)
            return
        inside = INSIDE[way].format(roll=self.dice.randrange(1000))
        self._docker("exec", container, "sh", "-c", inside, check=False)

    def keep_up(self, away: frozenset[str]) -> None:
        """Start what has not come back by itself; a restart policy has some time to do it."""
        now = time.time()
        for name, (service, state) in self.states().items():
            struck = max((kill.at for kill in self.kills if kill.container == name), default=0.0)
            if state != "running" and service not in away and now - struck > BACK_S:
                self.by_hand[service] += 1
                self._docker("start", name, check=False)

    def weigh(self) -> None:
        """Note the memory of each container."""
        for name in self.running():
            said = self._docker("exec", name, "sh", "-c", MEMORY, check=False)
            sizes = [int(line.split()[1]) for line in said.splitlines() if line.startswith("Pss")]
            if sizes:
                self.memory.append((time.time(), name, sum(sizes) * 1024))

    def scale(self, service: str, count: int) -> None:
        """So many of a service. Those that go are ended in order, and what they said is kept."""
        self.wanted[service] = count
        for name in [name for name, (of, _) in self.states().items() if of == service]:
            if int(name.rpartition("-")[2]) > count:
                self._docker("stop", name, check=False)
                self.keep_log(name)
        self.up(*self.wanted)

    def keep_log(self, name: str) -> None:
        """Keep what a container has said so far."""
        done = subprocess.run(
            ["docker", "logs", name],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=300,
            check=False,
        )
        number = sum(key.startswith(f"{name}.") for key in self.logs)
        self.logs[f"{name}.{number}"] = done.stdout

    def all_logs(self) -> dict[str, str]:
        """What each container has said, those that are gone, too."""
        kept = dict(self.logs)
        for name in self.states():
            self.keep_log(name)
        found, self.logs = self.logs, kept
        return found

    def ask(self, *arguments: str) -> dict[str, Any]:
        """What Redis holds: dump.py, in the worker that is spared."""
        asking = ("exec", SPARED, "python", "/tests/compose/dump.py", *arguments)
        said = at_last(lambda: self._docker(*asking, check=False), within_s=ASKED_S, every_s=3)
        if not said:
            raise RuntimeError(f"{SPARED} cannot say what Redis holds; `docker logs {SPARED}`")
        found: dict[str, Any] = json.loads(said)
        return found

    def stop(self, service: str) -> None:
        """A service goes away."""
        self.compose("stop", service, check=False)

    def start(self, service: str) -> None:
        """And comes back."""
        self.compose("start", service, check=False)

    def down(self) -> None:
        """Take all of it away, volumes and networks, too."""
        self.compose("down", "-v", "--remove-orphans", "--timeout", "10", check=False)
