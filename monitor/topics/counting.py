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

from collections.abc import Mapping, Sequence
from datetime import date

from monitor.lexicon import Knowledge, Mentions
from monitor.model import Actor, Field, Mention, Place
from monitor.text import FIELDS, Reading
from monitor.topics.knowledge import unsure_places
from monitor.topics.persons import Persons
from monitor.topics.phrases import (
    SEATS,
    acts,
    is_entered,
    is_ground,
    is_seat_of_sources,
    is_state,
    word_before,
    word_behind,
)
from monitor.topics.survey import Dismissed, Presence, Survey, presence_of, weights_of
from monitor.topics.unlisted import unlisted

_WORDS_IN_CAPITALS = frozenset({"IS", "US", "WHO", "ICE", "UPS"})
SPEAKERS = frozenset({"government", "military", "person"})
"""Kinds of actors that act for their home. Companies, parties and armed groups do not."""

TOWN_PEOPLE = 100_000
"""Below this a city's name needs support, see above."""


def survey(reading: Reading, mentions: Mentions, knowledge: Knowledge) -> Survey:
    """Counts an article's mentions by sentence."""
    count = _Count(reading, knowledge, tuple(mentions))
    for mention in count.mentions:
        count.add(mention)
    return count.result()


class _Count:
    """The counting: one pass over the mentions, then what waited for the end of it."""

    def __init__(
        self, reading: Reading, knowledge: Knowledge, mentions: tuple[Mention, ...]
    ) -> None:
        self.reading, self.knowledge, self.mentions = reading, knowledge, mentions
        published = reading.article.published
        self.day = published.date() if published else None
        self.texts = {field: reading.article.text(field) for field in FIELDS}
        self.silent = _repeated(reading)
        self.persons = Persons(reading, knowledge, self.day)
        self.starts = frozenset([(m.field, m.start) for m in mentions if m.kind != "theme"])
        self.ends = frozenset([(m.field, m.end) for m in mentions if m.kind != "theme"])
        self.actors: dict[str, dict[int, int]] = {}
        self.places: dict[str, dict[int, int]] = {}
        self.inner: dict[str, dict[int, int]] = {}
        self.named: dict[str, dict[int, int]] = {}
        self.scenes: dict[str, set[int]] = {}
        self.own: set[str] = set()
        self.grounds: dict[str, set[int]] = {}
        self.acting: dict[str, set[int]] = {}
        self.themes: dict[str, dict[int, float]] = {}
        self.terms: set[tuple[str, int, str]] = set()
        self.cast: dict[int, list[Mention]] = {}
        self.unsure: list[tuple[str, Mention]] = []
        self.dismissed: list[Dismissed] = []
        self.place_spans: set[tuple[Field, int]] = set()
        self.state_mentions: list[tuple[Actor, Mention]] = []
        self.capitals: dict[int, bool] = {}
        self.title_case: dict[int, bool] = {}
        self.wholes: dict[str, str] = {}

    def add(self, mention: Mention) -> None:
        """Counts one mention."""
        if mention.sentence in self.silent:
            self._dismiss(mention, "the sentence repeats an earlier one")
        elif mention.kind == "theme":
            self._theme(mention)
        elif mention.term in _WORDS_IN_CAPITALS and self._is_word(mention):
            self._dismiss(mention, "a word, where all is in capitals")
        elif mention.kind == "place":
            self._place(mention)
        else:
            self._actor(mention)

    def _dismiss(self, mention: Mention, reason: str) -> None:
        self.dismissed.append(Dismissed(mention=mention, reason=reason))

    def _theme(self, mention: Mention) -> None:
        seen = (mention.id, mention.sentence, mention.term)
        if seen not in self.terms:
            self.terms.add(seen)
            hits = self.themes.setdefault(mention.id, {})
            hits[mention.sentence] = hits.get(mention.sentence, 0.0) + mention.weight

    def _place(self, mention: Mention) -> None:
        self.place_spans.add((mention.field, mention.start))
        place = self.knowledge.places[mention.id]
        whole = self._whole(mention.id)
        if mention.demonym:
            self._count_place(whole, mention, is_entered_=False)
            if is_entered(self.texts[mention.field], mention.start):
                self.grounds.setdefault(whole, set()).add(mention.sentence)
            self._office(whole, mention)
            return
        entered = is_entered(self.texts[mention.field], mention.start)
        doubtful = mention.term in unsure_places()
        if (doubtful or place.kind != "country") and (longer := self._longer_name(mention)):
            self._dismiss(mention, f"part of a longer name, with {longer!r}")
        elif (doubtful or _is_town(place)) and not entered:
            self.unsure.append((whole, mention))
        else:
            self._count_place(whole, mention, is_entered_=entered)
            if place.kind == "country":
                self._office(whole, mention)

    def _longer_name(self, mention: Mention) -> str | None:
        """The word that makes a place part of somebody's name; None where it is a place."""
        text, field = self.texts[mention.field], mention.field
        word = word_behind(text, mention.end)
        if word is None or (field, mention.end + 1) in self.starts:
            word = word_before(text, mention.start)
            if (field, mention.start - 1) in self.ends:
                word = None
        return None if word is None or self._in_title_case(mention.sentence) else word

    def _whole(self, place_id: str) -> str:
        """The largest place known that a place lies in."""
        known = self.wholes.get(place_id)
        if known is None:
            places = self.knowledge.places
            around = reversed(self.knowledge.around(place_id))
            known = self.wholes[place_id] = next(id_ for id_ in around if id_ in places)
        return known

    def _count_place(self, whole: str, mention: Mention, *, is_entered_: bool) -> None:
        sentence, text = mention.sentence, self.texts[mention.field]
        _more(self.places.setdefault(whole, {}), sentence)
        if mention.id == whole or not is_entered_:
            _more(self.named.setdefault(whole, {}), sentence)
        if not is_entered_:
            self.own.add(whole)
        if mention.id != whole:
            _more(self.inner.setdefault(mention.id, {}), sentence)
        if is_state(text, mention.end) or (
            not is_entered_ and not mention.demonym and acts(text, mention.end)
        ):
            self.acting.setdefault(whole, set()).add(sentence)
        elif not (is_entered_ and is_seat_of_sources(text, mention.start, mention.end)):
            self.scenes.setdefault(whole, set()).add(sentence)
            is_inner = mention.id != whole and mention.term not in SEATS
            if is_entered_ or is_inner or is_ground(text, mention.end):
                self.grounds.setdefault(whole, set()).add(sentence)

    def _office(self, country: str, mention: Mention) -> None:
        """Counts who holds the office named behind a country, on the day of the article."""
        holder = self.persons.holder(country, mention)
        if holder is not None:
            _more(self.actors.setdefault(holder, {}), mention.sentence)

    def _actor(self, mention: Mention) -> None:
        actor = self.knowledge.actors[mention.id]
        if not _is_active(actor, self.day):
            self._dismiss(mention, "not active on the day of the article")
        elif actor.kind == "state":
            self.state_mentions.append((actor, mention))
        else:
            self._count_actor(actor, mention.sentence)
            self.cast.setdefault(mention.sentence, []).append(mention)
            if actor.kind == "person":
                self.persons.add(actor, mention)

    def _count_actor(self, actor: Actor, sentence: int) -> None:
        _more(self.actors.setdefault(actor.id, {}), sentence)
        if actor.kind in SPEAKERS:
            self._act(actor, sentence)

    def _act(self, actor: Actor, sentence: int) -> None:
        countries = (
            {role.country for role in actor.roles if role.holds_on(self.day)}
            if actor.roles
            else actor.home
        )
        for country in countries:
            self.acting.setdefault(country, set()).add(sentence)

    def _is_word(self, mention: Mention) -> bool:
        """Whether a name may be a word: written without dots where all is in capitals."""
        if "." in self.texts[mention.field][mention.start : mention.end]:
            return False
        return self._shouted(mention.sentence)

    def _shouted(self, sentence: int) -> bool:
        known = self.capitals.get(sentence)
        if known is None:
            text = self.reading.sentence_text(self.reading.sentences[sentence])
            known = self.capitals[sentence] = text.isupper()
        return known

    def _in_title_case(self, sentence: int) -> bool:
        """Whether a sentence writes most words with a capital, so that capitals tell nothing."""
        known = self.title_case.get(sentence)
        if known is None:
            words = self.reading.sentence_text(self.reading.sentences[sentence]).split()
            capitals = sum([word[0].isupper() for word in words])
            known = self.title_case[sentence] = capitals * 10 > len(words) * 7
        return known

    def result(self) -> Survey:
        """What was counted, weighed."""
        self._settle()
        weights = weights_of(self.reading)
        actors = _presences(self.actors, weights)
        places = _presences(self.places, weights)
        names = self._names(weights)
        return Survey(
            reading=self.reading,
            knowledge=self.knowledge,
            weights=weights,
            headline=frozenset(
                s.index for s in self.reading.sentences[:4] if s.field is Field.TITLE
            ),
            actors=actors,
            places=places,
            inner=_presences(self.inner, weights),
            scenes={id_: frozenset(found) for id_, found in self.scenes.items()},
            grounds={id_: frozenset(found) for id_, found in self.grounds.items()},
            acting={id_: frozenset(found) for id_, found in self.acting.items()},
            parties=self._parties(weights),
            themes={
                id_: {sentence: weight for sentence, weight in hits.items() if weight > 0}
                for id_, hits in self.themes.items()
            },
            names=names,
            cast=self.cast,
            dismissed=self.dismissed,
            top=max(
                (p.salience for p in (*actors.values(), *places.values())),
                default=max((p.salience for p in names.values()), default=0.0),
            ),
        )

    def _settle(self) -> None:
        """What had to wait for the whole article."""
        for whole, mention in self.unsure:
            if whole in self.places:
                self._count_place(whole, mention, is_entered_=False)
            else:
                self._dismiss(mention, "may be another name, and nothing else names its country")
        for actor, mention in self.state_mentions:
            # by a name that is not the country's own, as users may list: "Quai d'Orsay"
            if (mention.field, mention.start) not in self.place_spans:
                self._act(actor, mention.sentence)
        for actor, sentence in self.persons.by_surname(self.starts):
            self._count_actor(actor, sentence)
        for country, sentence in self.persons.strangers_acting():
            self.acting.setdefault(country, set()).add(sentence)

    def _names(self, weights: Sequence[float]) -> dict[str, Presence]:
        known: dict[Field, set[int]] = {}
        for field, start in (*self.starts, *self.persons.starts):
            known.setdefault(field, set()).add(start)
        said = {self.texts[m.field][m.start : m.end] for m in self.mentions if m.kind != "theme"}
        told = {found.name: found.counts for found in unlisted(self.reading, known, said)}
        return _presences({**told, **self.persons.strangers}, weights)

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


def _repeated(reading: Reading) -> frozenset[int]:
    """The sentences that only repeat an earlier one."""
    if not reading.article.summary:
        return frozenset()
    seen: set[str] = set()
    repeated = []
    for sentence in reading.sentences:
        text = reading.sentence_text(sentence)
        if text in seen:
            repeated.append(sentence.index)
        seen.add(text)
    return frozenset(repeated)


def _is_active(actor: Actor, day: date | None) -> bool:
    begins, ends = actor.active
    if day is None:
        return True
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def _is_town(place: Place) -> bool:
    return place.kind == "city" and 0 < place.population < TOWN_PEOPLE


def _presences(
    counted: Mapping[str, Mapping[int, int]], weights: Sequence[float]
) -> dict[str, Presence]:
    return {id_: presence_of(counts, weights) for id_, counts in counted.items()}


def _more(counts: dict[int, int], sentence: int) -> None:
    counts[sentence] = counts.get(sentence, 0) + 1
