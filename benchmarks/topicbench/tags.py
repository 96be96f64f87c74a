"""Are a publisher's tag and a topic of ours the same? The protocol of docs/topics.md, in code.

A tag is compared as a set of tokens: without case, accents and possessives, joined words taken
apart ("houseOfReps"), plurals made singular, every known name of an actor or place replaced by its
id ("American", "U.S." and "USA" are one). *exact*: the sets are equal. *soft*: one holds the
other, or half of both together is in both (Jaccard >= .5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from monitor.lexicon import Knowledge
from monitor.model import Actor, Place
from monitor.text import folded


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


Tokens: TypeAlias = frozenset[str]

_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_LONGEST_NAME = 6
_SAYS_NOTHING = _words(
    "a an and for in latest live new news of on relations s the to today top update updates"
)
NOT_TOPICAL = _words("""
    general standard internal premium opinion comment editorial exclusive explainer feature
    features video videos photos gallery live world uk us business sport sports politics tech
    technology entertainment lifestyle life style music culture travel home money deals science
    health local national international business wired n a f end process ability concern company
    setting obtains highest compliance standards""")
"""Sections, and words that machines tagged: not what an article is about. Compared as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The known names, to be found in tags."""

    ids: Mapping[str, str]

    @classmethod
    def of(cls, knowledge: Knowledge) -> Names:
        """Every name of actors and places; a country's name is the country, not its state."""
        ids: dict[str, str] = {}
        ranked = sorted(knowledge.places.values(), key=_rank)
        states = [actor for actor in knowledge.actors.values() if actor.kind != "state"]
        for subject in (*ranked, *states):
            for name in _names(subject):
                ids.setdefault(folded(name), subject.id)
        return cls(ids=ids)

    def tokens(self, tag: str) -> Tokens:
        """The tag as a set of tokens and ids; empty when it says nothing."""
        words = folded(_JOINT.sub(" ", tag.replace("-", " ").replace("#", " "))).split()
        found, at = set(), 0
        while at < len(words):
            for size in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
                known = self.ids.get(" ".join(words[at : at + size]))
                if known is not None:
                    found.add(known)
                    at += size
                    break
            else:
                if words[at] not in _SAYS_NOTHING:
                    found.add(_singular(words[at]))
                at += 1
        return frozenset(found)

    def topical(self, tags: Iterable[str]) -> frozenset[Tokens]:
        """The tags that say what an article is about."""
        kept = (self.tokens(tag) for tag in tags if folded(tag) not in NOT_TOPICAL)
        return frozenset(tokens for tokens in kept if tokens)


def _rank(place: Place) -> tuple[int, int, str]:
    return {"country": 0, "region": 1, "city": 2}[place.kind], -place.population, place.id


def _names(subject: Actor | Place) -> tuple[str, ...]:
    short = (subject.short,) if subject.short else ()
    return (subject.name, *short, *subject.aliases, *subject.exact, *subject.demonyms)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def is_soft(one: Tokens, other: Tokens) -> bool:
    """Whether the two are at least akin."""
    return one <= other or other <= one or 2 * len(one & other) >= len(one | other)
