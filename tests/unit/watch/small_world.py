"""A small world to watch: who and what is known in it, and how its articles are judged."""

from datetime import UTC, datetime
from typing import Any

from monitor.lexicon import Knowledge, Lexicon
from monitor.model import Actor, Article, Match, Place, Theme, Topic, Watch
from monitor.text import read
from monitor.watch import compile_watchlist

WORLD = Knowledge.of(
    actors=(
        Actor(
            id="us",
            name="United States",
            kind="state",
            aliases=("US",),
            demonyms=("American",),
        ),
        Actor(id="iran", name="Iran", kind="state", demonyms=("Iranian",)),
        Actor(id="isil", name="ISIL", kind="armed_group", aliases=("Islamic State",)),
    ),
    places=(
        Place(id="US", name="United States", kind="country", country="US", aliases=("US",)),
        Place(id="IR", name="Iran", kind="country", country="IR", demonyms=("Iranian",)),
        Place(id="IQ", name="Iraq", kind="country", country="IQ", demonyms=("Iraqi",)),
        Place(id="mosul-iq", name="Mosul", kind="city", country="IQ"),
    ),
    themes=(
        Theme(
            id="violence",
            label="violence",
            terms=(("attack*", 1.0), ("bomb", 1.0)),
            negative=(("heart attack*", 1.0),),
        ),
    ),
)


def matches_of(
    watches: tuple[Watch, ...], topics: tuple[Topic, ...] = (), **article: Any
) -> tuple[Match, ...]:
    """The matches of several watches in one article. Raises QueryError for one that is refused."""
    watchlist = compile_watchlist(watches, WORLD)
    for problem in watchlist.problems:
        raise problem
    values: dict[str, Any] = {
        "id": "1",
        "source": "wire",
        "title": "",
        "fetched": datetime(2026, 1, 1, tzinfo=UTC),
    }
    reading = read(Article(**(values | article)))
    mentions = Lexicon.compile(WORLD, watchlist.anchors).scan(reading)
    return watchlist.judge(reading, mentions, topics)
