"""Who is meant by a surname, an office, a nationality?

- A surname alone is the listed person whose full name stands before it, unless a first name or
  another title makes it somebody else ("James Cameron").
- "The Iranian president" is who held that office on the day of the article; "the president" alone
  is nobody, and so is an office without a date.
- Nationality + title + Name is somebody of that country: "Iranian general Reza Example". The person
  speaks for the country in the sentences that name him or her.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from monitor.lexicon import Knowledge
from monitor.model import Actor, Field, Mention
from monitor.text import Reading, line_of
from monitor.topics.offices import Offices
from monitor.topics.phrases import office_behind, person_behind, word_before

_SHORTEST_SURNAME = 3


class Persons:
    """The people of one article, gathered while it is counted."""

    def __init__(self, reading: Reading, knowledge: Knowledge, day: date | None) -> None:
        self._reading, self._offices, self._day = reading, Offices.of(knowledge), day
        self._full: dict[str, tuple[Actor, Mention]] = {}
        self._countries: dict[str, str] = {}
        self.strangers: dict[str, dict[int, int]] = {}
        self.starts: set[tuple[Field, int]] = set()

    def add(self, actor: Actor, mention: Mention) -> None:
        """A listed person is named; the first full name counts."""
        if " " in mention.term:
            self._full.setdefault(actor.id, (actor, mention))

    def holder(self, country: str, mention: Mention) -> str | None:
        """The listed person meant by the office behind a country's name; strangers are noted."""
        text = self._reading.article.text(mention.field)
        if mention.demonym and (span := person_behind(text, mention.end)):
            self._stranger(country, text[span[0] : span[1]], mention, span[0])
            return None
        office = office_behind(text, mention.end) if self._day is not None else None
        return self._offices.holder(country, office, self._day) if office else None

    def _stranger(self, country: str, name: str, mention: Mention, start: int) -> None:
        name = name.removesuffix("'s").removesuffix("’s")
        if self._offices.knows(name):
            return
        self.starts.add((mention.field, start))
        self._countries[name] = country
        for sentence, times in self._named(name.rpartition(" ")[2]).items():
            self.strangers.setdefault(name, {})[sentence] = times

    def _named(self, surname: str) -> dict[int, int]:
        counts: dict[int, int] = {}
        for span in self._reading.find(line_of(surname)):
            sentence = self._reading.sentence_of(span).index
            counts[sentence] = counts.get(sentence, 0) + 1
        return counts

    def strangers_acting(self) -> Iterator[tuple[str, int]]:
        """(country, sentence) where somebody of that country who is on no list is named."""
        for name, counts in self.strangers.items():
            for sentence in counts:
                yield self._countries[name], sentence

    def by_surname(self, taken: frozenset[tuple[Field, int]]) -> Iterator[tuple[Actor, int]]:
        """(person, sentence) for each surname that refers to a full name before it."""
        for actor, first in self._full.values():
            surname = actor.name.rpartition(" ")[2]
            if len(surname) < _SHORTEST_SURNAME or surname in actor.aliases:
                continue
            for span in self._reading.find(line_of(surname)):
                field, start, _ = self._reading.where(span)
                sentence = self._reading.sentence_at(field, start).index
                text = self._reading.article.text(field)
                if (
                    sentence >= first.sentence
                    and (field, start) not in taken
                    and text[start].isupper()
                    and not self._inside(first, field, start)
                    and word_before(text, start) is None
                ):
                    yield actor, sentence

    @staticmethod
    def _inside(mention: Mention, field: Field, start: int) -> bool:
        return mention.field is field and mention.start <= start < mention.end
