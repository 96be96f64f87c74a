"""Counting: which mentions count, for whom, and as what?

- A sentence that only repeats an earlier one (a summary that opens the body) does not count.
- Cities and regions count for their country, areas over several countries for themselves.
- The state actor named by a country's name is not counted beside the country; what it does is
  `acting`: sentences in which the country acts as a state, because a word of government or an act
  of state follows its name, or somebody speaks for it (a government, a leader while in office).
- A place that may be something else counts after "in", "from" and the like, or when its country is
  named otherwise: names of people, words and treaties (`unsure_places.txt`), and towns, whose names
  are surnames somewhere.
- A city or region inside a longer name does not count: "Paris Hilton", "Jack London".
- Where sources speak is no scene: "security sources in Iran report". Of scenes those are `grounds`
  in which the words say that something is there: "in Iraq", "Kenyan coastal town", any city.
- An actor counts only while it is active, a person speaks for a country only while in office; an
  article without a date counts as any time.
- "IS", "US", "WHO" and the like say nothing in a sentence written all in capitals.
- A term counts once a sentence for its theme, negative ones are taken off.

Who is meant by a surname, an office or a nationality is decided in persons.py; which names no list
knows, in unlisted.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import TypeAlias

from monitor.lexicon import Knowledge, Mentions
from monitor.model import Actor
from monitor.text import Reading
from monitor.topics.knowledge import unsure_places
from monitor.topics.persons import Persons
from monitor.topics.phrases import (
    SEATS,
    acts,
    is_entered,
    is_followed,
    is_ground,
    is_seat_of_sources,
    is_state,
    word_before,
    word_behind,
)
from monitor.topics.sentences import Capitals, repeated
from monitor.topics.standing import Standings
from monitor.topics.survey import (
    Dismissed,
    Named,
    Presence,
    Survey,
    presence_of,
    presences_of,
    weights_of,
)
from monitor.topics.theme import shares
from monitor.topics.unlisted import unlisted

_Counts: TypeAlias = defaultdict[str, defaultdict[int, int]]
_Sentences: TypeAlias = defaultdict[str, set[int]]
_no_counts = partial(defaultdict[int, int], int)

_WORDS_IN_CAPITALS = frozenset({"IS", "US", "WHO", "ICE", "UPS"})
_REPEATED = "the sentence repeats an earlier one"
SPEAKERS = frozenset({"government", "military", "person"})
"""Kinds of actors that act for their home. Companies, parties and armed groups do not."""


def survey(reading: Reading, mentions: Mentions, knowledge: Knowledge) -> Survey:
    """Counts what an article names by sentence."""
    count = _Count(reading, mentions, knowledge)
    count.terms()
    count.names()
    return count.result()


class _Count:
    """The counting: one pass over the terms, one over the names, then what waited for the end.

    It works on spans and tuples: making whole mentions of them all took more than half the time.
    """

    def __init__(self, reading: Reading, mentions: Mentions, knowledge: Knowledge) -> None:
        self.reading, self.mentions, self.knowledge = reading, mentions, knowledge
        article = reading.article
        self.day = article.published.date() if article.published else None
        self.texts = article.title, article.summary, article.body
        self.silent = repeated(reading)
        self.persons = Persons(reading, knowledge, self.day)
        self.standings = Standings.of(knowledge)
        self.unsure_names = unsure_places()
        self.placed = reading.placed([hit[:2] for hit in mentions.proper])
        self.starts = {(field, start) for field, start, _, _ in self.placed}
        self.ends = {(field, end) for field, _, end, _ in self.placed}
        self.actors: _Counts = defaultdict(_no_counts)
        self.places: _Counts = defaultdict(_no_counts)
        self.inner: _Counts = defaultdict(_no_counts)
        self.named: _Counts = defaultdict(_no_counts)
        self.scenes: _Sentences = defaultdict(set)
        self.own: set[str] = set()
        self.grounds: _Sentences = defaultdict(set)
        self.acting: _Sentences = defaultdict(set)
        self.themes: dict[str, dict[int, float]] = {}
        self.cast: dict[int, list[Named]] = {}
        self.unsure: list[tuple[str, Named]] = []
        self.dismissed: list[Dismissed] = []
        self.place_spans: set[tuple[int, int]] = set()
        self.state_mentions: list[tuple[Actor, Named]] = []
        self.capitals = Capitals(reading)

    def terms(self) -> None:
        """Counts the terms of themes."""
        hits, seen = self.mentions.terms, set()
        for hit, (field, start, end, sentence) in zip(
            hits, self.reading.placed([hit[:2] for hit in hits]), strict=True
        ):
            for name in hit[2]:
                if sentence in self.silent:
                    self._dismiss(Named(name, field, start, end, sentence), _REPEATED)
                elif (term := (name.id, sentence, name.text)) not in seen:
                    seen.add(term)
                    weights = self.themes.setdefault(name.id, {})
                    weights[sentence] = weights.get(sentence, 0.0) + name.weight

    def names(self) -> None:
        """Counts the actors and places."""
        for (_, _, names), (field, start, end, sentence) in zip(
            self.mentions.proper, self.placed, strict=True
        ):
            for name in names:
                named = Named(name, field, start, end, sentence)
                if sentence in self.silent:
                    self._dismiss(named, _REPEATED)
                elif name.text in _WORDS_IN_CAPITALS and self._is_word(named):
                    self._dismiss(named, "a word, where all is in capitals")
                elif name.kind == "place":
                    self._place(named)
                else:
                    self._actor(named)

    def _dismiss(self, named: Named, reason: str) -> None:
        self.dismissed.append(Dismissed(named, reason))

    def _place(self, named: Named) -> None:
        name, field, start, _, sentence = named
        self.place_spans.add((field, start))
        whole, is_country, is_town = self.standings[name.id]
        entered = is_entered(self.texts[field], start)
        if name.demonym:
            self._count_place(whole, named, is_entered_=False)
            if entered:
                self.grounds[whole].add(sentence)
            self._office(whole, named)
            return
        doubtful = name.text in self.unsure_names
        if (doubtful or not is_country) and (longer := self._longer_name(named)):
            self._dismiss(named, f"part of a longer name, with {longer!r}")
        elif (doubtful or is_town) and not entered:
            self.unsure.append((whole, named))
        else:
            self._count_place(whole, named, is_entered_=entered)
            if is_country:
                self._office(whole, named)

    def _longer_name(self, named: Named) -> str | None:
        """The word that makes a place part of somebody's name; None where it is a place."""
        _, field, start, end, sentence = named
        text = self.texts[field]
        word = word_behind(text, end)
        if word is None or (field, end + 1) in self.starts:
            word = word_before(text, start)
            if (field, start - 1) in self.ends:
                word = None
        return None if word is None or self.capitals.in_title_case(sentence) else word

    def _count_place(self, whole: str, named: Named, *, is_entered_: bool) -> None:
        name, field, start, end, sentence = named
        text, is_inner = self.texts[field], name.id != whole
        self.places[whole][sentence] += 1
        if not (is_inner and is_entered_):
            self.named[whole][sentence] += 1
        if not is_entered_:
            self.own.add(whole)
        if is_inner:
            self.inner[name.id][sentence] += 1
        followed = is_followed(text, end)
        if followed and (
            is_state(text, end) or (not is_entered_ and not name.demonym and acts(text, end))
        ):
            self.acting[whole].add(sentence)
        elif not (is_entered_ and followed and is_seat_of_sources(text, start, end)):
            self.scenes[whole].add(sentence)
            is_there = is_entered_ or (is_inner and name.text not in SEATS)
            if is_there or (followed and is_ground(text, end)):
                self.grounds[whole].add(sentence)

    def _office(self, country: str, named: Named) -> None:
        """Counts who holds the office named behind a country, on the day of the article."""
        if is_followed(self.texts[named.field], named.end):
            holder = self.persons.holder(country, named)
            if holder is not None:
                self.actors[holder][named.sentence] += 1

    def _actor(self, named: Named) -> None:
        actor = self.knowledge.actors[named.name.id]
        if not actor.is_active_on(self.day):
            self._dismiss(named, "not active on the day of the article")
        elif actor.kind == "state":
            self.state_mentions.append((actor, named))
        else:
            self._count_actor(actor, named.sentence)
            self.cast.setdefault(named.sentence, []).append(named)
            if actor.kind == "person":
                self.persons.add(actor, named)

    def _count_actor(self, actor: Actor, sentence: int) -> None:
        self.actors[actor.id][sentence] += 1
        if actor.kind in SPEAKERS:
            self._act(actor, sentence)

    def _act(self, actor: Actor, sentence: int) -> None:
        countries = (
            {role.country for role in actor.roles if role.holds_on(self.day)}
            if actor.roles
            else actor.home
        )
        for country in countries:
            self.acting[country].add(sentence)

    def _is_word(self, named: Named) -> bool:
        """Whether a name may be a word: written without dots where all is in capitals."""
        if "." in self.texts[named.field][named.start : named.end]:
            return False
        return self.capitals.shouted(named.sentence)

    def result(self) -> Survey:
        """What was counted, weighed."""
        self._settle()
        weights = weights_of(self.reading)
        headline = frozenset(range(self.reading.sentence_counts[0])[:4])
        actors = presences_of(self.actors, weights)
        places = presences_of(self.places, weights)
        names = self._names(weights)
        themes = {
            id_: {sentence: weight for sentence, weight in hits.items() if weight > 0}
            for id_, hits in self.themes.items()
        }
        return Survey(
            reading=self.reading,
            knowledge=self.knowledge,
            weights=weights,
            headline=headline,
            actors=actors,
            places=places,
            inner=presences_of(self.inner, weights),
            scenes={id_: frozenset(found) for id_, found in self.scenes.items()},
            grounds={id_: frozenset(found) for id_, found in self.grounds.items()},
            acting={id_: frozenset(found) for id_, found in self.acting.items()},
            parties=self._parties(weights),
            themes=themes,
            shares=shares(themes, weights, headline, self.knowledge),
            names=names,
            cast=self.cast,
            dismissed=self.dismissed,
            top=max(
                [found.salience for found in (*actors.values(), *places.values())],
                default=max([found.salience for found in names.values()], default=0.0),
            ),
        )

    def _settle(self) -> None:
        """What had to wait for the whole article."""
        for whole, named in self.unsure:
            if whole in self.places:
                self._count_place(whole, named, is_entered_=False)
            else:
                self._dismiss(named, "may be another name, and nothing else names its country")
        for actor, named in self.state_mentions:
            # by a name that is not the country's own, as users may list: "Quai d'Orsay"
            if (named.field, named.start) not in self.place_spans:
                self._act(actor, named.sentence)
        for actor, sentence in self.persons.by_surname(self.starts):
            self._count_actor(actor, sentence)
        for country, sentence in self.persons.strangers_acting():
            self.acting[country].add(sentence)

    def _names(self, weights: Sequence[float]) -> dict[str, Presence]:
        known: tuple[set[int], ...] = (set(), set(), set())
        for field, start in (*self.starts, *self.persons.starts):
            known[field].add(start)
        said = {self.texts[field][start:end] for field, start, end, _ in self.placed}
        told = {found.name: found.counts for found in unlisted(self.reading, known, said)}
        return presences_of({**told, **self.persons.strangers}, weights)

    def _parties(self, weights: Sequence[float]) -> dict[str, Presence]:
        parties = {}
        for id_ in dict.fromkeys((*self.named, *self.acting)):  # in order of the text
            if id_ not in self.own and id_ not in self.acting:
                continue
            counts = dict(self.named.get(id_, ()))
            for sentence in self.acting.get(id_, ()):
                counts.setdefault(sentence, 1)
            parties[id_] = presence_of(counts, weights)
        return parties
