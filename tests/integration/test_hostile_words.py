"""Whatever an article, a file name or Redis says, no command lets it command a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from monitor import telemetry
from monitor.channels.trial import trial
from monitor.cli import wirewatch
from monitor.embedded import Embedded
from monitor.model import ARTICLES, Article
from monitor.store import Store, beat_of, keys
from monitor.terminal import escaped

TRICK = "\x1b]0;mine\x07\x1b[2J\x9b31m\x9d8;;x\x9c\u202e\u2066\x08\x7f Drone over Basra, Iran says"
WATCHLIST = "[watch.drones]\nwhen = 'drone AND place:iraq'\nnotify = []\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedded: Embedded) -> Path:
    """A configuration, and articles whose every word is a stranger's."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "watchlist.toml").write_text(WATCHLIST)
    (config / "monitor.toml").write_text(f'[redis]\nurl = "{embedded.url}"\n')
    given = dict.fromkeys(("id", "source", "title", "summary", "body", "section"), TRICK)
    row = {**given, "authors": [TRICK], "tags": [TRICK], "url": f"https://x.example/{TRICK}"}
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a\x1b]0;name\x07\u202e.jsonl").write_text(
        f"{json.dumps(row)}\n{json.dumps({**row, 'published': TRICK})}\n{{{TRICK}\n"
    )
    (seeds / "b\x9b31m").write_text("no suffix")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*arguments: str) -> str:
    """All that a command prints; it may not fail of a bug."""
    done = CliRunner().invoke(wirewatch, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.output
    return done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("read", "seeds"),
        ("topics", "seeds"),
        ("topics", "--why", "seeds"),
        ("match", "--watchlist", "config/watchlist.toml", "seeds"),
        ("dedupe", "--why", "seeds"),
        ("why", "--watchlist", "config/watchlist.toml", "seeds"),
        ("try", "drone", "seeds"),
        ("try", "zeppelin AND drone", "seeds"),
        ("trends", "seeds"),
    ],
    ids=" ".join,
)
def test_words_of_an_article_are_shown_and_not_obeyed(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    shown = said(*arguments)

    assert escaped(shown) == shown


@pytest.mark.parametrize("arguments", [("dead", "list"), ("status",), ("queue",), ("alerts",)])
def test_what_somebody_wrote_into_redis_is_shown_and_not_obeyed(
    folder: Path, store: Store, article: Callable[..., Article], arguments: tuple[str, ...]
) -> None:
    # given
    now = datetime.now(UTC)
    told = replace(trial("desk", now)[1], title=TRICK, watch=TRICK)
    store.sources.put(
        *("s",),
        version=0,
        state={},
        seen=(),
        articles=(article(title=TRICK, source=TRICK),),
        now=now,
        alerts=(told,),
    )
    (job,) = store.articles.take("w", "t", 1)
    store.articles.bury("w", job.id, TRICK, now)
    store.work(ARTICLES).attend(TRICK, host=TRICK, pid=1, state="idle", now=now)
    store.beats.say(replace(beat_of("poller", started=0, clock=0, ticked_s=0), host=TRICK))
    store.client.hset(keys.counts(), TRICK, 1)
    # when
    shown = said(*arguments, "--config", "config")
    # then
    assert escaped(shown) == shown
    assert "Drone over Basra" in shown


@pytest.mark.parametrize("kind", ["json", "console"])
def test_words_in_the_log_are_no_command_and_no_line_of_their_own(
    tmp_path: Path, kind: telemetry.Format
) -> None:
    path = tmp_path / "log"
    telemetry.set_up(level="info", format_=kind, file=path)

    telemetry.logger().info(
        "source.problem", reason=f"{TRICK}\n2026-01-01 all is well", more=[TRICK]
    )

    (line,) = path.read_text().splitlines()
    assert escaped(line) == line
    if kind == "json":
        assert msgspec.json.decode(line)["more"] == [TRICK]
