"""The configuration of the soak, and how it is edited while everything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from town import ZEPPELIN, Plan, address, source_id

PRIVATE = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")

FEED = """[source.{id}]
url      = "{url}"
proxy    = "http://soak-feeds:8000"
interval = "5s"
backfill = "all"
"""
MONITOR = """[net]
allow = [{allow}]
[workers]
processes = {processes}
"""
HOOK = """[channel.{id}]
type   = "webhook"
url    = "http://soak-hook:8000/{id}"
secret = "not very secret, this is a soak"
"""
MAIL = """[channel.desk]
type    = "email"
to      = ["desk@soak.example"]
from    = "wirewatch@soak.example"
smtp    = "smtp://soak-mail:2525"
at_most = "1000000 per day"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A watch: every text with a word, by its name or as the name of an actor."""

    id: str
    word: str
    channels: tuple[str, ...]
    actor: bool = False

    @property
    def table(self) -> str:
        term = f"actor:{self.word}" if self.actor else self.word
        notify = ", ".join(f'"{channel}"' for channel in self.channels)
        return f'[watch.{self.id}]\nwhen   = "report AND {term}"\nnotify = [{notify}]\n'


ALWAYS = (
    Watched(id="everything", word="seen", channels=("hook",)),
    Watched(id="mailed", word=ZEPPELIN, channels=("desk", "hook")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What stands in the files. `broken` are files with something else in them, by name."""

    plan: Plan
    feeds: int
    watches: tuple[Watched, ...] = ALWAYS
    processes: int = 1
    second: bool = False
    broken: tuple[tuple[str, str], ...] = ()

    @property
    def files(self) -> dict[str, str]:
        """Name -> text."""
        actors = [each.word for each in self.watches if each.actor]
        allow = ", ".join(f'"{network}"' for network in PRIVATE)
        found = {  # in this order: nothing is named before it is there
            "actors.toml": "".join(f'[actor.{word}]\nname = "{word}"\n' for word in actors),
            "monitor.toml": MONITOR.format(allow=allow, processes=self.processes),
            "channels.toml": HOOK.format(id="hook")
            + (HOOK.format(id="second") if self.second else "")
            + MAIL,
            "feeds.toml": "".join(
                FEED.format(id=source_id(feed), url=address(number))
                for number, feed in enumerate(self.plan.published()[: self.feeds])
            ),
            "watchlist.toml": "".join(each.table for each in self.watches),
        }
        return found | {name: found[name] + more for name, more in self.broken}


@dataclass(slots=True, kw_only=True)
class Edit:
    """A change: when (as a share of the run), what it is called, what stands in the files then.

    `refused` is whether it must be; `at` when it was written, `version` what it is known by.
    """

    when: float
    name: str
    state: State
    refused: bool = False
    at: float = 0.0
    version: str = ""
    seen: dict[str, float] = field(default_factory=dict)

    def write(self, config: Path) -> None:
        """Into the files that differ, each whole."""
        for name, text in self.state.files.items():
            path = config / name
            if not path.exists() or path.read_text() != text:
                hidden = config / f".{name}"
                hidden.write_text(text)
                hidden.chmod(0o644)
                hidden.rename(path)


BROKEN = (
    ("watchlist.toml", '[watch.broken]\nwhen = "a OR b AND c"\nnotify = ["hook"]\n'),
    ("feeds.toml", '[source.broken]\nurl = "gopher://old"\n'),
    ("watchlist.toml", '[watch.untrue]\nwhen = "kite"\nmust_match = ["A toy."]\n'),
)


def edits(plan: Plan) -> list[Edit]:
    """From the first state on, in their order. Each that is refused is mended a little later."""
    held = max(2, plan.feeds // 10)

    def watch(word: str, *channels: str, actor: bool = False) -> Watched:
        return Watched(id=word, word=word, channels=channels, actor=actor)

    def plus(state: State, *watches: Watched) -> State:
        return replace(state, watches=(*state.watches, *watches))

    first = State(plan=plan, feeds=plan.feeds - held)
    one = plus(first, watch("kestrel", "hook"))
    two = replace(plus(one, watch("lantern", "second")), second=True)
    three = plus(two, watch("marble", "hook"))
    four = replace(three, feeds=plan.feeds)
    five = replace(four, processes=2)
    six = plus(five, watch("nutmeg", "hook", actor=True))
    less = tuple(each for each in six.watches if each.id != "kestrel")
    seven = replace(six, watches=less, processes=1)
    found = [Edit(when=0.0, name="at the start", state=first)]
    for when, name, state, broken in (
        (0.08, "a watch comes", one, None),
        (0.18, "a channel and a watch come", two, None),
        (0.28, "a query that is refused", three, BROKEN[0]),
        (0.42, f"{held} feeds come", four, None),
        (0.50, "twice the processes that judge", five, None),
        (0.58, "an address that is none", six, BROKEN[1]),
        (0.72, "a watch goes, and a process that judges", seven, None),
        (0.84, "an example that is not true", plus(seven, watch("otter", "hook")), BROKEN[2]),
    ):
        if broken is not None:
            before = found[-1].state
            wrong = replace(before, broken=(broken,))
            found.append(Edit(when=when, name=name, state=wrong, refused=True))
            found.append(Edit(when=when + 0.03, name="mended, with a change", state=state))
        else:
            found.append(Edit(when=when, name=name, state=state))
    return found


def watching(made: Sequence[Edit]) -> dict[str, tuple[Watched, ...]]:
    """Version -> the watches by which it judges. One that is refused for its example alone is in
    force where a service starts meanwhile.
    """
    return {edit.version: edit.state.watches for edit in made}
