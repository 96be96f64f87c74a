"""Who is meant by a surname, an office, a nationality?

- A surname alone is the listed person whose full name stands before it, unless a first name or
  another title makes it somebody else ("James Cameron").
- "The Iranian president" is who held that office on the day of the article; "the president" alone
  is nobody, and so is an office without a date.
- Nationality + title + Name is somebody of that country: "Iranian general Reza Example". The person
  speaks for the country in the sentences that name him or her.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import date

from monitor.lexicon import Knowledge
from monitor.model import Actor
from monitor.text import Reading, Span, folded
from monitor.topics.offices import Offices
from monitor.topics.phrases import office_behind, person_behind, word_before
from monitor.topics.survey import Named

_SHORTEST_SURNAME = 3


class Persons:
    """The people of one article, gathered while it is counted."""

    def __init__(self, reading: Reading, knowledge: Knowledge, day: date | None) -> None:
        self._reading, self._offices, self._day = reading, Offices.of(knowledge), day
        self._texts = reading.article.title, reading.article.summary, reading.article.body
        self._full: dict[str, tuple[Actor, Named]] = {}
        self._countries: dict[str, str] = {}
        self.strangers: dict[str, dict[int, int]] = {}
        self.starts: set[tuple[int, int]] = set()

    def add(self, actor: Actor, named: Named) -> None:
        """A listed person is named; the first full name counts."""
        if " " in named.name.text:
            self._full.setdefault(actor.id, (actor, named))

    def holder(self, country: str, named: Named) -> str | None:
        """The listed person meant by the office behind a country's name; strangers are noted."""
        text = self._texts[named.field]
        if named.name.demonym and (span := person_behind(text, named.end)):
            self._stranger(country, text[span[0] : span[1]], (named.field, span[0]))
            return None
        office = office_behind(text, named.end) if self._day is not None else None
        return self._offices.holder(country, office, self._day) if office else None

    def _stranger(self, country: str, name: str, start: tuple[int, int]) -> None:
        name = name.removesuffix("'s").removesuffix("’s")
        if self._offices.knows(name):
            return
        self.starts.add(start)
        self._countries[name] = country
        for sentence, times in self._counted(name.rpartition(" ")[2]).items():
            self.strangers.setdefault(name, {})[sentence] = times

    def _counted(self, surname: str) -> dict[int, int]:
        counts: dict[int, int] = {}
        for _, _, _, sentence in self._reading.placed(self._spans(surname)):
            counts[sentence] = counts.get(sentence, 0) + 1
        return counts

    def _spans(self, surname: str) -> tuple[Span, ...]:
        return self._reading.find(f" {folded(surname)} ".encode())

    def strangers_acting(self) -> Iterator[tuple[str, int]]:
        """(country, sentence) where somebody of that country who is on no list is named."""
        for name, counts in self.strangers.items():
            for sentence in counts:
                yield self._countries[name], sentence

    def by_surname(self, taken: Set[tuple[int, int]]) -> Iterator[tuple[Actor, int]]:
        """(person, sentence) for each surname that refers to a full name before it."""
        for actor, first in self._full.values():
            surname = actor.name.rpartition(" ")[2]
            if len(surname) < _SHORTEST_SURNAME or surname in actor.aliases:
                continue
            for field, start, _, sentence in self._reading.placed(self._spans(surname)):
                text = self._texts[field]
                if (
                    sentence >= first.sentence
                    and (field, start) not in taken
                    and text[start].isupper()
                    and not (first.field == field and first.start <= start < first.end)
                    and word_before(text, start) is None
                ):
                    yield actor, sentence
