"""Articles to match: the samples of seeds/, and generated ones. Seeded, so that runs compare.

A generated article reads like wire copy as far as a matcher can tell: function words as often as in
English, a long tail of rare words, people and places by name, possessives, acronyms, quotes; one in
three is not ASCII, as in the corpus of our measurements. On average 450 words.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from monitor.model import Article
from monitor.sources.seed import read_paths
from monitor.topics.knowledge import load

_SEEDS = Path(__file__).parents[2] / "seeds"
_FETCHED = datetime(2026, 1, 1, tzinfo=UTC)
_COMMON = """the of to and in a that for is on was with as it by at from be has have said are not an
    his he but were this which had their they after who been its will or about one more would there
    than also when up out new into over last first two all year could before against people"""
_FUNCTION = _COMMON.split()
_SOUNDS = """ba ka ta ra na mo lo so vi di ri li su tu mer tan vel kor dan bel gar hol ster ling ton
    ber man fal wen dor sin pel gra sto cra bri ple cha sha"""
_SYLLABLES = _SOUNDS.split()
_ENDINGS = ["", "", "", "s", "ed", "ing", "er", "ion"]
_ACRONYMS = ["US", "U.S.", "UN", "EU", "UK", "NATO", "IMF", "WHO", "BBC", "CIA", "OPEC", "G7"]


@dataclass(frozen=True)
class World:
    """The words and names that articles and watches are made of."""

    seed: int = 11

    @cached_property
    def words(self) -> list[str]:
        """20,000 made-up words, the first the most frequent."""
        draw = random.Random(self.seed)
        words: dict[str, None] = {}
        while len(words) < 20_000:
            stem = "".join(draw.choices(_SYLLABLES, k=draw.choice((2, 2, 3, 3, 4))))
            words[stem + draw.choice(_ENDINGS)] = None
        return list(words)

    @cached_property
    def frequencies(self) -> list[float]:
        """Zipf's law, cumulated."""
        total, summed = 0.0, []
        for rank in range(1, len(self.words) + 1):
            total += 1 / (rank + 20)
            summed.append(total)
        return summed

    @cached_property
    def people(self) -> list[str]:
        """8,000 people, of 400 first and 3,000 last names."""
        draw = random.Random(self.seed + 1)
        first = [word.capitalize() for word in draw.sample(self.words, 400)]
        last = [word.capitalize() for word in draw.sample(self.words, 3_000)]
        return list(dict.fromkeys(f"{draw.choice(first)} {draw.choice(last)}" for _ in range(8000)))

    @cached_property
    def places(self) -> list[str]:
        """Names of the shipped places, the largest first."""
        places = sorted(load().places.values(), key=lambda place: -place.population)
        return list(dict.fromkeys(place.name for place in places))

    @cached_property
    def bodies(self) -> list[str]:
        """1,500 organisations: two capitalised words."""
        draw = random.Random(self.seed + 2)
        kinds = ["Union", "Party", "Council", "Group", "Bank", "Front", "Guard"]
        return [
            f"{word.capitalize()} {draw.choice(kinds)}" for word in draw.sample(self.words, 1_500)
        ]

    def articles(self, count: int) -> list[Article]:
        """The samples, then generated articles."""
        samples = [
            found
            for found in read_paths((str(_SEEDS),), fetched=_FETCHED)
            if isinstance(found, Article)
        ]
        return (samples + self.generated(count - len(samples)))[:count]

    def generated(self, count: int) -> list[Article]:
        """Generated articles alone, no two alike: some samples tell of one event, or are copies."""
        draw = random.Random(self.seed + 3)
        return [self._article(draw, number) for number in range(count)]

    def _article(self, draw: random.Random, number: int) -> Article:
        # an article comes back to a few names, as articles do
        cast = [draw.choice(self.people) for _ in range(4)] + [
            self.places[min(int(draw.expovariate(1 / 200)), len(self.places) - 1)] for _ in range(3)
        ]
        cast.append(draw.choice(self.bodies))
        paragraphs = [
            " ".join(self._sentence(draw, cast) for _ in range(draw.randint(1, 3)))
            for _ in range(max(3, round(draw.gauss(10, 3))))
        ]
        body = "\n\n".join(paragraphs)
        if draw.random() < 0.36:
            body = body.replace("'s", "\u2019s").replace('"', "\u201d")
        return Article(
            id=f"made-{number}",
            source="bench",
            title=self._sentence(draw, cast).rstrip("."),
            summary=self._sentence(draw, cast),
            body=body,
            language="en",
            fetched=_FETCHED,
        )

    def _sentence(self, draw: random.Random, cast: list[str]) -> str:
        words: list[str] = []
        for _ in range(draw.randint(12, 26)):
            roll = draw.random()
            if roll < 0.45:
                words.append(draw.choice(_FUNCTION))
            elif roll < 0.93:
                words.append(draw.choices(self.words, cum_weights=self.frequencies)[0])
            elif roll < 0.98:
                words.append(draw.choice(cast) + ("'s" if draw.random() < 0.1 else ""))
            else:
                words.append(draw.choice(_ACRONYMS))
            if draw.random() < 0.05:
                words[-1] += ","
        text = " ".join(words)
        return (
            ('"' + text + '," he said.')
            if draw.random() < 0.1
            else text.capitalize()[:1] + (text[1:] + ".")
        )
