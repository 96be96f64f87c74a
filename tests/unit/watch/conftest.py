"""A small world to watch."""

from collections.abc import Callable
from typing import Any

import pytest
from small_world import WORLD, matches_of

from monitor.lexicon import Knowledge
from monitor.model import Match, Topic, Watch


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return WORLD


@pytest.fixture(scope="session")
def judge() -> Callable[..., tuple[Match, ...]]:
    """The matches of one query, or of several watches, in one article."""

    def judge_one(
        when: str | tuple[Watch, ...],
        body: str = "",
        *,
        topics: tuple[Topic, ...] = (),
        **article: Any,
    ) -> tuple[Match, ...]:
        watches = (Watch(id="w", title="W", when=when),) if isinstance(when, str) else when
        return matches_of(watches, topics, body=body, **article)

    return judge_one
