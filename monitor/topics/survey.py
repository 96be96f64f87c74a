"""Survey: who, where and what about, counted by sentence once, for all shapes.

What counts
- A sentence that only repeats an earlier one (a summary that opens the body) does not.
- Cities and regions count for their country, areas over several countries for themselves.
- The state actor named by a country's name is not counted beside the country; what it does is
  `acting`: sentences in which the country acts as a state, because a word of government or an act
  of state follows its name, or somebody speaks whose home it is (a government, a leader).
- A place whose name is also a person's or a word's (`unsure_places.txt`) counts after "in", "from"
  and the like, or when its country is named otherwise.
- An actor counts only while it is active; an article without a date counts as any time.
- "IS", "US", "WHO" and the like say nothing in a sentence written all in capitals.
- A term counts once a sentence for its theme, negative ones are taken off.

How much a sentence counts: the headline 3, the first three after it 1.6, the rest 1: news says
first what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log

from monitor.lexicon import Knowledge, Mentions
from monitor.model import Actor, Field, Mention
from monitor.text import Reading
from monitor.topics.knowledge import unsure_places

HEADLINE_WEIGHT = 3.0
LEAD_WEIGHT = 1.6
LEAD_SENTENCES = 3
_WORDS_IN_CAPITALS = frozenset({"IS", "US", "WHO", "ICE", "UPS"})
SPEAKERS = frozenset({"government", "military", "person"})
"""Kinds of actors that act for their home. Companies, parties and armed groups do not."""

_OFFICES = re.compile(
    r"(?:['’]s?)?[ -](?:and [\w.-]+ )?(?:[\w.-]+ )?"
    r"(?:governments?|administration|regime|presidents?|presidential|presidency|prime minister|"
    r"premier|chancellor|(?:foreign |defen[cs]e |finance |interior |oil |trade |energy )?"
    r"minist(?:er|ers|ry|ries)|secretary of state|foreign secretary|parliament|congress|senate|"
    r"lawmakers|legislators|army|navy|air force|armed forces|military|"
    r"(?:security |special |ground |coalition )?forces|troops|soldiers|warplanes|officials?|"
    r"authorities|diplomats?|ambassadors?|embassy|envoys?|negotiators?|delegation|leaders?|"
    r"leadership|state media|state television|policy|interests|sanctions|tariffs)\b",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r",? (?:(?:has|have|had|also|then|now|already|not|will|would|could|may|is|are|was|were) )*"
    r"(?:said|says|agrees?|agreed|refus\w+|reject\w*|accus\w+|condemn\w*|warn\w*|vow\w*|"
    r"threaten\w*|pledg\w+|promis\w+|impos\w+|lift\w*|suspend\w*|sign\w*|sends?|sent|sending|"
    r"deploy\w*|withdr\w+|invad\w+|annex\w*|attack\w*|launch\w*|fir(?:ed|ing)|bomb\w*|struck|"
    r"strik\w+|retaliat\w+|summon\w*|recall\w*|expel\w*|recogni[sz]\w+|offer\w*|urg\w+|demand\w*|"
    r"den(?:y|ied|ies)|insist\w*|hail\w*|welcom\w+|call\w*|announc\w+|declar\w+|support\w*|"
    r"back(?:s|ed|ing)|help(?:s|ed|ing)?|arm(?:s|ed|ing)|negotiat\w+|want\w*|seek\w*|sought|"
    r"tolerat\w+|plan\w*|considers?|considered|blam\w+|block\w*|ban(?:s|ned)?|restor\w+|resum\w+|"
    r"cut ties|severed|claim\w*|bought|sold|answer\w*|respond\w*|rais\w+|meets?|met|halt\w*|"
    r"seiz\w+|captur\w+|arrest\w*|detain\w*|releas\w+|freed|tested|joins?|joined|quits?)\b"
)
_INTO = re.compile(
    r"\b(?:in|at|from|to|into|near|outside|across|around|inside|throughout|toward|towards|"
    r"neighbou?ring|north|south|east|west|central|northern|southern|eastern|western) $",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """In which sentences something is named, how often; and what that weighs."""

    counts: Mapping[int, int]
    weight: float
    salience: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What an article names, by sentence. Sentences are indexes as in `Sentence`.

    `places` are countries and areas. `scenes` are the sentences in which a place is named as a
    place, `acting` those in which a country acts as a state. `parties` are both, with weights, less
    those in which only a city in the country is the venue ("met in Baghdad").
    `themes` gives the weight of a theme in each sentence that speaks of it.
    """

    reading: Reading
    knowledge: Knowledge
    weights: Sequence[float]
    headline: frozenset[int]
    actors: Mapping[str, Presence]
    places: Mapping[str, Presence]
    scenes: Mapping[str, frozenset[int]]
    acting: Mapping[str, frozenset[int]]
    parties: Mapping[str, Presence]
    themes: Mapping[str, Mapping[int, float]]
    top: float

    def share(self, presence: Presence) -> float:
        """How much of the article's attention something has, the most named thing having 1."""
        return presence.salience / self.top if self.top else 0.0

    def weight(self, sentences: Iterable[int]) -> float:
        """What these sentences weigh together."""
        return sum(self.weights[sentence] for sentence in sentences)


def survey(reading: Reading, mentions: Mentions, knowledge: Knowledge) -> Survey:
    """Counts an article's mentions by sentence."""
    count = _Count(reading, knowledge)
    for mention in mentions:
        count.add(mention)
    return count.result()


class _Count:
    """The counting: one pass over the mentions, then what waited for the end of it."""

    def __init__(self, reading: Reading, knowledge: Knowledge) -> None:
        self.reading, self.knowledge = reading, knowledge
        published = reading.article.published
        self.day = published.date() if published else None
        self.texts = {field: reading.article.text(field) for field in Field}
        self.silent = _repeated(reading)
        self.actors: dict[str, dict[int, int]] = {}
        self.places: dict[str, dict[int, int]] = {}
        self.named: dict[str, dict[int, int]] = {}
        self.scenes: dict[str, set[int]] = {}
        self.acting: dict[str, set[int]] = {}
        self.themes: dict[str, dict[int, float]] = {}
        self.terms: set[tuple[str, int, str]] = set()
        self.unsure: list[tuple[str, Mention]] = []
        self.place_spans: set[tuple[Field, int]] = set()
        self.state_mentions: list[tuple[Actor, Mention]] = []
        self.capitals: dict[int, bool] = {}

    def add(self, mention: Mention) -> None:
        """Counts one mention."""
        if mention.sentence in self.silent:
            return
        if mention.kind == "theme":
            self._theme(mention)
        elif mention.term in _WORDS_IN_CAPITALS and self._is_word(mention):
            return
        elif mention.kind == "place":
            self._place(mention)
        else:
            self._actor(mention)

    def _theme(self, mention: Mention) -> None:
        seen = (mention.id, mention.sentence, mention.term)
        if seen not in self.terms:
            self.terms.add(seen)
            hits = self.themes.setdefault(mention.id, {})
            hits[mention.sentence] = hits.get(mention.sentence, 0.0) + mention.weight

    def _place(self, mention: Mention) -> None:
        self.place_spans.add((mention.field, mention.start))
        whole = self._whole(mention.id)
        if mention.term in unsure_places() and not mention.demonym and not self._entered(mention):
            self.unsure.append((whole, mention))
        else:
            self._count_place(whole, mention)

    def _whole(self, place_id: str) -> str:
        """The largest place known that a place lies in."""
        places = self.knowledge.places
        return next(id_ for id_ in reversed(self.knowledge.around(place_id)) if id_ in places)

    def _count_place(self, whole: str, mention: Mention) -> None:
        _more(self.places.setdefault(whole, {}), mention.sentence)
        text, entered = self.texts[mention.field], self._entered(mention)
        if mention.id == whole or not entered:
            _more(self.named.setdefault(whole, {}), mention.sentence)
        if _OFFICES.match(text, mention.end) or (
            not entered and not mention.demonym and _ACTS.match(text, mention.end)
        ):
            self.acting.setdefault(whole, set()).add(mention.sentence)
        else:
            self.scenes.setdefault(whole, set()).add(mention.sentence)

    def _entered(self, mention: Mention) -> bool:
        """Whether the words before a place lead into it: "in Paris"."""
        before = self.texts[mention.field][max(0, mention.start - 16) : mention.start]
        return _INTO.search(before) is not None

    def _actor(self, mention: Mention) -> None:
        actor = self.knowledge.actors[mention.id]
        if not _is_active(actor, self.day):
            return
        if actor.kind == "state":
            self.state_mentions.append((actor, mention))
            return
        _more(self.actors.setdefault(actor.id, {}), mention.sentence)
        if actor.kind in SPEAKERS:
            self._act(actor, mention)

    def _act(self, actor: Actor, mention: Mention) -> None:
        for home in actor.home:
            self.acting.setdefault(home, set()).add(mention.sentence)

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

    def result(self) -> Survey:
        """What was counted, weighed."""
        for whole, mention in self.unsure:
            if whole in self.places:
                self._count_place(whole, mention)
        for actor, mention in self.state_mentions:
            # by a name that is not the country's own, as users may list: "Quai d'Orsay"
            if (mention.field, mention.start) not in self.place_spans:
                self._act(actor, mention)
        weights = _weights(self.reading)
        actors = {id_: _presence(counts, weights) for id_, counts in self.actors.items()}
        places = {id_: _presence(counts, weights) for id_, counts in self.places.items()}
        return Survey(
            reading=self.reading,
            knowledge=self.knowledge,
            weights=weights,
            headline=frozenset(
                s.index for s in self.reading.sentences[:4] if s.field is Field.TITLE
            ),
            actors=actors,
            places=places,
            scenes={id_: frozenset(found) for id_, found in self.scenes.items()},
            acting={id_: frozenset(found) for id_, found in self.acting.items()},
            parties=self._parties(weights),
            themes={
                id_: {sentence: weight for sentence, weight in hits.items() if weight > 0}
                for id_, hits in self.themes.items()
            },
            top=max((p.salience for p in (*actors.values(), *places.values())), default=0.0),
        )

    def _parties(self, weights: Sequence[float]) -> dict[str, Presence]:
        parties = {}
        for id_ in dict.fromkeys((*self.named, *self.acting)):  # in order of the text
            counts = dict(self.named.get(id_, ()))
            for sentence in self.acting.get(id_, ()):
                counts.setdefault(sentence, 1)
            parties[id_] = _presence(counts, weights)
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


def _weights(reading: Reading) -> list[float]:
    weights, lead = [], 0
    for sentence in reading.sentences:
        if sentence.field is Field.TITLE:
            weights.append(HEADLINE_WEIGHT)
        elif lead < LEAD_SENTENCES:
            weights.append(LEAD_WEIGHT)
            lead += 1
        else:
            weights.append(1.0)
    return weights


def _presence(counts: Mapping[int, int], weights: Sequence[float]) -> Presence:
    weight = sum(weights[sentence] for sentence in counts)
    # more mentions in the same sentences matter, but less and less
    salience = weight * (1 + log(1 + sum(counts.values())) / 3)
    return Presence(counts=counts, weight=weight, salience=salience)


def _more(counts: dict[int, int], sentence: int) -> None:
    counts[sentence] = counts.get(sentence, 0) + 1
