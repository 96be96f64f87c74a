"""Standing: what of a place matters when it is counted. Worked out once per knowledge and place."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from monitor.lexicon import Knowledge
from monitor.topics.offices import Same

TOWN_PEOPLE = 100_000
"""Below this a city's name needs support, see counting.py."""


class Standing(NamedTuple):
    """`whole` is the largest place known that a place lies in."""

    whole: str
    is_country: bool
    is_town: bool


class Standings(dict[str, Standing]):
    """The standing of each place, by id."""

    def __init__(self, knowledge: Knowledge) -> None:
        super().__init__()
        self._knowledge = knowledge

    @classmethod
    def of(cls, knowledge: Knowledge) -> Standings:
        """Those of this knowledge; kept for as long as it is the one in use."""
        return _of(Same(knowledge))

    def __missing__(self, place_id: str) -> Standing:
        place, places = self._knowledge.places[place_id], self._knowledge.places
        around = reversed(self._knowledge.around(place_id))
        standing = self[place_id] = Standing(
            whole=next(id_ for id_ in around if id_ in places),
            is_country=place.kind == "country",
            is_town=place.kind == "city" and 0 < place.population < TOWN_PEOPLE,
        )
        return standing


@lru_cache(maxsize=4)
def _of(same: Same) -> Standings:
    return Standings(same.knowledge)
