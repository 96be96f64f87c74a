"""The soak in Compose: everything runs in containers, everything is killed, and the books balance.

    make soak-compose                         20 minutes (SECONDS=1200 SEED=1)

Poller (two), workers (two to four), Redis and a town outside: feeds that misbehave by a script, a
mail server that goes away for a while, a webhook. Containers are killed at random, workers come
and go, files of the configuration are edited, some of them wrongly. At the end all is mended,
everything drains, and every published item has to be accounted for. Needs Docker with Compose 2.24.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from containers import Containers
from deadline import at_last
from edits import Edit, edits
from faults import Trouble
from scripted_feeds import TRAITS
from tables import Found, all_of
from town import Plan, Row, row

from monitor.settings.version import version_of

FEEDS = 4 * len(TRAITS)
AWAY = ((0.20, 0.30), (0.52, 0.60))
"""When there is no mail server, as shares of the run."""

SCALES = ((0.14, 3), (0.38, 2), (0.66, 4), (0.88, 2))
KILL_S, DROP_S, WEIGH_S = (3.0, 9.0), 4.0, 20.0
PACE_S = 0.2
"""How often to see whose turn it is."""

DROPPED = (4, 16)
DRAIN_S = 420.0
"""So long everything may take to be done with, once it is left in peace."""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@dataclass(slots=True)
class Soak:
    """One run. `over` is set when the time is up in which things happen."""

    folder: Path
    seconds: float
    seed: int
    containers: Containers
    dice: random.Random
    rows: list[Row] = field(default_factory=list)
    made: list[Edit] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    away: set[str] = field(default_factory=set)
    noon_s: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def config(self) -> Path:
        return self.folder / "config"

    def begin(self) -> None:
        """Write the files, and start everything."""
        for name in ("config", "seeds", "town"):
            (self.folder / name).mkdir(mode=0o755)
        (self.folder / "town").chmod(0o777)
        (self.folder / "redis-password").write_text(secrets.token_hex(24))
        self.containers.compose("build", "poller")
        self.noon_s = time.time() + 5
        plan = Plan(seed=self.seed, noon_s=self.noon_s, seconds=self.seconds, feeds=FEEDS)
        plan.save(self.folder / "town")
        self.made = edits(plan)
        self.edit(self.made[0])
        self.containers.up()
        self.noon_s = time.time()

    def edit(self, edit: Edit) -> None:
        edit.write(self.config)
        edit.at, edit.version = time.time(), version_of(self.config)

    def live(self) -> None:
        """All that happens, each at its time."""
        once: list[tuple[float, Callable[[], None]]] = []
        for edit in self.made[1:]:
            once.append((edit.when, lambda e=edit: self.edit(e)))
        for gone, back in AWAY:
            once += [(gone, self.lose_mail), (back, self.find_mail)]
        once += [(when, lambda n=count: self.scale(n)) for when, count in SCALES]
        once = sorted(((self.noon_s + when * self.seconds, do) for when, do in once), key=_when)
        again = {"kill": self.noon_s + 15.0, "drop": self.noon_s, "weigh": self.noon_s + 5.0}
        ending = threading.Timer(self.noon_s + self.seconds - time.time(), self.over.set)
        ending.daemon = True
        ending.start()
        while not self.over.is_set():
            now = time.time()
            if once and once[0][0] <= now:
                once.pop(0)[1]()
            elif again["drop"] <= now:
                self.drop()
                again["drop"] = now + DROP_S
            elif again["kill"] <= now:
                self.kill()
                again["kill"] = time.time() + self.dice.uniform(*KILL_S)
            elif again["weigh"] <= now:
                self.containers.weigh()
                again["weigh"] = now + WEIGH_S
            else:
                self.over.wait(PACE_S)
        for _, do in once:
            do()

    def kill(self) -> None:
        self.containers.keep_up(frozenset(self.away))
        before = len(self.containers.kills)
        self.containers.kill(frozenset(self.away))
        for kill in self.containers.kills[before:]:
            self.troubles.append(Trouble(kind=kill.service, since=kill.at, until=time.time()))

    def drop(self) -> None:
        """A file of articles into the folder, whole."""
        first = len(self.rows) + 1
        new = [row(n) for n in range(first, first + self.dice.randint(*DROPPED))]
        if new[0].is_copy:
            new.append(row(first + len(new)))
        path = self.folder / "seeds" / f"wire-{first:06}.jsonl"
        hidden = path.with_name("." + path.name)
        hidden.write_text("".join(each.as_json() + "\n" for each in new))
        hidden.chmod(0o644)
        hidden.rename(path)
        self.rows += new

    def lose_mail(self) -> None:
        self.away.add("soak-mail")
        self.containers.stop("soak-mail")

    def find_mail(self) -> None:
        self.containers.start("soak-mail")
        self.away.discard("soak-mail")

    def scale(self, count: int) -> None:
        since = time.time()
        self.containers.scale("worker", count)
        self.troubles.append(Trouble(kind="scale", since=since, until=time.time()))

    def drain(self) -> tuple[float, Mapping[str, Any]]:
        """Leave it in peace until nothing is left; every feed is asked once more."""
        began = time.time()
        at_last(self._all_run, within_s=DRAIN_S / 2, every_s=2)
        self.containers.ask("--hurry")
        at_last(self._nothing_left, within_s=began + DRAIN_S - time.time(), every_s=3)
        return time.time() - began, self.containers.ask("--whole")

    def _all_run(self) -> bool:
        """Whether every container runs; those that do not are started."""
        if all(state == "running" for _, state in self.containers.states().values()):
            return True
        self.containers.keep_up(frozenset())
        return False

    def _nothing_left(self) -> bool:
        """Whether all is done with, and every feed was read since."""
        found = self.containers.ask()
        late = [
            name
            for name, feed in found["feeds"].items()
            if feed["good"] < self.noon_s + self.seconds and not name.startswith("410")
        ]
        return not late and not any(found["left"].values())

    def found(self, drained_s: float, whole: Mapping[str, Any]) -> Found:
        """For the tables."""
        mail = [(self.noon_s + a * self.seconds, self.noon_s + b * self.seconds) for a, b in AWAY]
        return Found(
            since=self.noon_s,
            seconds=self.seconds,
            drained_s=drained_s,
            plan=self.made[0].state.plan,
            rows=self.rows,
            edits=self.made,
            troubles=[*self.troubles, *(Trouble(kind="mail", since=a, until=b) for a, b in mail)],
            whole=whole,
            asked=self.told("asked.jsonl"),
            mails=self.told("mails.jsonl"),
            hooks=self.told("hooks.jsonl"),
        )

    def told(self, name: str) -> list[dict[str, Any]]:
        """What the town has noted."""
        path = self.folder / "town" / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _when(what: tuple[float, object]) -> float:
    return what[0]


def main(seconds: float, seed: int) -> int:
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="wirewatch-soak-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        containers = Containers(folder, dice)
        soak = Soak(folder, seconds, seed, containers, dice)
        containers.down()  # what an earlier run may have left
        try:
            soak.begin()
            say(f"{len(containers.running())} containers, {FEEDS} feeds; {seconds:.0f} s from now")
            soak.live()
            drained_s, whole = soak.drain()
            table, wrong = all_of(soak.found(drained_s, whole), containers)
        finally:
            if kept := os.environ.get("SOAK_LOGS"):
                keep(containers, folder, Path(kept))
            containers.down()
    say(f"\n{table}\n")
    for each in wrong[:40]:
        say(f"WRONG: {each}")
    say("the books balance" if not wrong else f"{len(wrong)} things are wrong")
    return 1 if wrong else 0


def keep(containers: Containers, folder: Path, where: Path) -> None:
    """For whoever looks for the cause: logs and notes, where SOAK_LOGS says."""
    where.mkdir(parents=True, exist_ok=True)
    for name, log in containers.all_logs().items():
        (where / f"{name}.log").write_text(log)
    (where / "memory.json").write_text(json.dumps(containers.memory))
    (where / "kills.json").write_text(json.dumps([asdict(kill) for kill in containers.kills]))
    for path in (folder / "town").glob("*.json*"):
        (where / path.name).write_bytes(path.read_bytes())


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
