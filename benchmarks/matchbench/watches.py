"""Watches to match: 10 to 100,000, of the shape measured in research: 3.6 terms each.

Four of five hold a phrase (mostly a person's name), a quarter a NOT, a fifth a wildcard, 15 % a
proximity or sentence; one in ten asks for an actor or a place of the shipped knowledge.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

from benchmarks.matchbench.articles import World
from monitor.model import Watch
from monitor.topics.knowledge import load


@dataclass(frozen=True)
class Watches:
    """A seeded row of watches; the first 1,000 are the same whatever the number asked for."""

    world: World
    seed: int = 23

    def first(self, count: int) -> tuple[Watch, ...]:
        """The first `count` watches."""
        return tuple(
            Watch(id=f"w{number:06}", title="", when=query)
            for number, query in enumerate(self.queries(count))
        )

    def queries(self, count: int) -> list[str]:
        """Their queries."""
        draw = random.Random(self.seed)
        return [self._query(draw) for _ in range(count)]

    @cached_property
    def _bundles(self) -> list[str]:
        """400 groups of words that many watches share."""
        draw = random.Random(self.seed + 1)
        return [
            "(" + " OR ".join(dict.fromkeys(self._word(draw) for _ in range(3))) + " OR zeal)"
            for _ in range(400)
        ]

    @cached_property
    def _subjects(self) -> list[str]:
        known = load()
        return [f"actor:{id_}" for id_ in known.actors] + [f"place:{id_}" for id_ in known.places]

    def _word(self, draw: random.Random) -> str:
        """A word of the long tail, as people watch for it."""
        words = self.world.words
        return words[200 + int(draw.random() ** 1.5 * (len(words) - 200))]

    def _name(self, draw: random.Random) -> str:
        roll = draw.random()
        if roll < 0.6:
            return f'"{draw.choice(self.world.people)}"'
        if roll < 0.75:
            return f'"{draw.choice(self.world.bodies)}"'
        if roll < 0.9:
            return f'"{draw.choice(self.world.places)}"'
        return self._word(draw).capitalize()

    def _query(self, draw: random.Random) -> str:
        name, roll = self._name(draw), draw.random()
        if roll < 0.12:
            return name
        if roll < 0.22:
            return f"{draw.choice(self._subjects)} AND {draw.choice(self._bundles)}"
        if roll < 0.37:
            reach = draw.choice(("NEAR/5", "NEAR/10", "NEAR/S"))
            return f"{name} {reach} {self._word(draw)}"
        other = draw.choice(
            (
                draw.choice(self._bundles),
                draw.choice(self._bundles),
                self._word(draw),
                f"({self._word(draw)} OR {self._word(draw)[:6]}*)",
                f"({self._word(draw)[:6]}* OR {self._name(draw)})",
            )
        )
        query = f"{name} AND {other}"
        return f"{query} AND NOT {self._word(draw)}" if draw.random() < 0.4 else query
