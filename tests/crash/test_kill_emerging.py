"""A supervisor killed before and after what it asks of Redis, or robbed of a reply: what emerges is
told once, and delivered once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import steps
from proxy import Harm, Proxy

from monitor import telemetry
from monitor.model import DELIVERIES, Article, Claim, Relation, Watch
from monitor.store import Judged, Outcome, Store, Tally
from monitor.topics.rising import hour_of
from workers.emerging import Emergence

NOON = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
WATCH = Watch(id="emerging", title="What emerges", emerging=True, notify=("desk",))
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["workers.emerging", "steps"])


def look(url: str) -> None:
    steps.quiet()
    Emergence(
        watches=lambda: (WATCH,), store=Store(url), now=lambda: NOON, log=telemetry.logger()
    ).run()


def ran(url: str) -> int | None:
    process = CONTEXT.Process(target=look, args=(url,))
    process.start()
    process.join(60)
    code = process.exitcode
    process.close()
    return code


def tell(store: Store) -> None:
    """A day of stories, and now one name in eight of them."""
    for number in range(24 * 5):
        ago = timedelta(hours=6 * (number % 5) + 2)
        counted = (("name:farrow", "Farrow"),) if number % 5 == 0 and number < 40 else ()
        article = Article(id=f"{number}", source="s", title="Farrow wins", fetched=NOON)
        done = Judged(
            article=article,
            job="j",
            text="t",
            claim=Claim(story="s", relation=Relation.NEW),
            matched=(),
            topics=(),
            silenced=(),
            tallies=(
                Tally(
                    scope="",
                    hour=hour_of(NOON - ago),
                    source=f"s{number % 7}",
                    counted=counted,
                ),
            ),
        )
        store.judging.commit(f"w{number}", Outcome(judged=(done,)), NOON)


def turns(points: list[str]) -> Iterator[int]:
    """The points where another command follows, or the last: a hundred reads in a row are one."""
    for number, (one, other) in enumerate(pairwise([*points, ""])):
        if one != other:
            yield number


@pytest.mark.timeout(120)
def test_what_emerges_is_told_once_wherever_a_supervisor_is_struck(
    store: Store, tmp_path: Path
) -> None:
    # given
    path = store.client.connection_pool.connection_kwargs["path"]
    tell(store)
    with Proxy(tmp_path / "clean", path) as proxy:
        assert ran(proxy.url) == 0
    assert "commit" in proxy.points
    harms: tuple[Harm, ...] = ("before", "after", "lose")
    for point in turns(proxy.points):
        for harm in harms if proxy.points[point] == "commit" else ("after",):
            store.client.flushall()
            tell(store)
            # when
            with Proxy(tmp_path / f"{harm}{point}", path, point=point, harm=harm) as struck:
                ran(struck.url)
            assert ran(f"unix://{path}") == 0
            # then
            where = f"{harm} {proxy.points[point]}, command {point}"
            assert store.view.counts()["alerts.raised"] == 1, where
            assert len(store.view.alerts(10)) == 1, where
            assert store.view.depth(DELIVERIES).waiting == 1, where
