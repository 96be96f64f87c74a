"""What does a pattern of the automaton mean? Worked out when a text first holds it.

There are 46,000 spellings and an article holds some hundred: to work all out at the start took a
process a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from monitor.lexicon.knowledge import Knowledge
from monitor.lexicon.names import Case, Name, spellings, written_of
from monitor.lexicon.scripts import patterns
from monitor.model import Actor, Place, SubjectKind, Theme

SubjectKey: TypeAlias = tuple[SubjectKind, str]
Bearers: TypeAlias = tuple[Actor | Place | Theme, ...]


class Meaning(NamedTuple):
    """What a pattern of the automaton may name.

    `front` and `back` are its blanks (back -1: up to the end of the word). `is_capital`: no name is
    written without a capital; `is_sure`: nothing more than that is asked of the words. `keys`: the
    subjects, and what the places lie in.
    """

    names: tuple[Name, ...]
    terms: tuple[Name, ...]
    front: int
    back: int
    is_phrase: bool
    is_capital: bool
    is_sure: bool
    keys: tuple[SubjectKey, ...]


class Meanings(dict[int, Meaning]):
    """The meanings of the patterns that name something, by number of the pattern.

    Those have the numbers below `count`; to ask for another is a KeyError.
    """

    def __init__(
        self, numbered: list[bytes], bearers: Mapping[bytes, Bearers], knowledge: Knowledge
    ) -> None:
        super().__init__()
        self.count = len(bearers)
        self._numbered, self._bearers, self._knowledge = numbered, bearers, knowledge

    def __missing__(self, number: int) -> Meaning:
        pattern = self._numbered[number]
        meaning = self[number] = _meaning(pattern, self._bearers[pattern], self._knowledge)
        return meaning


def bearers_of(knowledge: Knowledge) -> dict[bytes, Bearers]:
    """By pattern of the line: the subjects that it spells, in the order of knowledge."""
    found: dict[bytes, Bearers] = {}
    for subjects in (knowledge.actors, knowledge.places, knowledge.themes):
        for subject in subjects.values():
            alone = (subject,)
            for text in written_of(subject):
                for pattern in patterns(text):
                    known = found.setdefault(pattern, alone)
                    if known[-1] is not subject:
                        found[pattern] = (*known, subject)
    return found


def _meaning(pattern: bytes, bearers: Bearers, knowledge: Knowledge) -> Meaning:
    all_names = tuple(
        {name: None for bearer in bearers for at, name in spellings(bearer) if at == pattern}
    )
    names = tuple(name for name in all_names if name.kind != "theme")
    begins = pattern[:1] == b" "
    keys: dict[SubjectKey, None] = {}
    for name in all_names:
        ids = knowledge.around(name.id) if name.kind == "place" else (name.id,)
        keys.update(((name.kind, id_), None) for id_ in ids)
    return Meaning(
        names=names,
        terms=tuple(name for name in all_names if name.kind == "theme"),
        front=int(begins),
        # a beginning is widened to the end of its word, a piece of unspaced script is not
        back=1 if pattern[-1:] == b" " else (-1 if begins else 0),
        is_phrase=b" " in pattern.strip(),
        is_capital=bool(names) and all(name.needs_capital for name in names),
        is_sure=all(name.case is Case.ANY or len(name.capitals) == 1 for name in names)
        and all(name.case is Case.ANY for name in all_names if name.kind == "theme"),
        keys=tuple(keys),
    )
