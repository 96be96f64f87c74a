"""A supervisor killed before and after what it asks of Redis, or robbed of a reply: what emerges is
told once, and delivered once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from arriving import counting
from proxy import Harm, Proxy

from monitor.model import DELIVERIES, Article
from monitor.store import Judged, Outcome, Store, TrendCount
from monitor.topics.rising import hour_of
from tests.crash import steps


def ran(url: str) -> int | None:
    process = steps.CONTEXT.Process(target=steps.look, args=(url,))
    process.start()
    process.join(60)
    code = process.exitcode
    process.close()
    return code


def tell(store: Store) -> None:
    """A day of stories, and now one name in eight of them."""
    store.client.flushall()
    judged = tuple(one(number) for number in range(24 * 5))
    assert store.judging.commit("w", Outcome(judged=judged), steps.EMERGED).answer == "done"


def one(number: int) -> Judged:
    ago = timedelta(hours=6 * (number % 5) + 2)
    named = (("name:farrow", "Farrow"),) if number % 5 == 0 and number < 40 else ()
    hour = hour_of(steps.EMERGED - ago)
    return counting(
        Article(id=f"{number}", source="s", title="Farrow wins", fetched=steps.EMERGED),
        TrendCount(scope="", hour=hour, source=f"s{number % 7}", counted=named),
    )


def turns(points: list[str]) -> Iterator[int]:
    """The points where another command follows, or the last: a hundred reads in a row are one."""
    for number, (command, following) in enumerate(pairwise([*points, ""])):
        if command != following:
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
        command = proxy.points[point]
        for harm in harms if command == "commit" else harms[1:2]:
            where = f"{harm} {command}, command {point}"
            tell(store)
            # when
            with Proxy(tmp_path / f"{harm}{point}", path, point=point, harm=harm) as struck:
                assert (ran(struck.url) == 0) == (harm == "lose"), where
            steps.look(f"unix://{path}")
            # then
            assert store.view.counts()["alerts.raised"] == 1, where
            assert len(store.view.alerts(10)) == 1, where
            assert store.view.depth(DELIVERIES).waiting == 1, where
