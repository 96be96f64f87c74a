"""What is odd about actors and places of one's own: said by `wirewatch check`, with a fix.

| code | says |
|---|---|
| N001 | a name that somebody else bears, too |
| N002 | a name so short that it stands for many things |
| N003 | a name that is never found: it says nothing, or says what another name of the same says |
| N004 | an office or a time of activity that ends before it begins |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from monitor.lexicon import Knowledge, is_initialism
from monitor.model import Actor, Place
from monitor.text import folded

CODES = ("N001", "N002", "N003", "N004")
_SHORTEST = 4
_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRemark:
    """One odd thing. `about` is "actor.ID" or "place.ID"."""

    code: str
    about: str
    sentence: str
    fix: str

    def __str__(self) -> str:
        return f"[{self.about}] {self.code}: {self.sentence}. {self.fix}"


def lint(subjects: Iterable[Actor | Place], knowledge: Knowledge) -> tuple[NameRemark, ...]:
    """Every remark on one's own actors and places; `knowledge` has them and all others."""
    return tuple(remark for subject in subjects for remark in _remarks(subject, knowledge))


def _remarks(subject: Actor | Place, knowledge: Knowledge) -> Iterator[NameRemark]:
    about = f"{'actor' if isinstance(subject, Actor) else 'place'}.{subject.id}"
    for code, sentence, fix in (
        *_shared(subject, knowledge),
        *_short(subject),
        *_dead(subject),
        *_backwards(subject),
    ):
        yield NameRemark(code=code, about=about, sentence=sentence, fix=fix)


def _names(subject: Actor | Place) -> tuple[str, ...]:
    short = (subject.short,) if subject.short else ()
    return (subject.name, *short, *subject.aliases, *subject.demonyms)


def _shared(subject: Actor | Place, knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    own_kind = "actor" if isinstance(subject, Actor) else "place"
    for name in dict.fromkeys((*_names(subject), *subject.exact)):
        others = [
            f"{kind}:{id_}"
            for kind in ("actor", "place")
            for id_ in knowledge.bearers(kind, name)
            if (kind, id_) != (own_kind, subject.id) and not _is_its_state(subject, kind, id_)
        ]
        if others:
            yield (
                "N001",
                f"{name!r} is also a name of {', '.join(others[:_MOST_SHOWN])}",
                "Both will be found; give it a longer name, or its id to replace the other",
            )


def _is_its_state(subject: Actor | Place, kind: str, id_: str) -> bool:
    """A state and its country share their names on purpose."""
    if isinstance(subject, Actor):
        return kind == "place" and subject.kind == "state" and id_ in subject.home
    return kind == "actor" and subject.kind == "country"


def _short(subject: Actor | Place) -> Iterator[tuple[str, str, str]]:
    for name in dict.fromkeys(_names(subject)):
        plain = folded(name)
        if plain and plain.isascii() and len(plain) < _SHORTEST and not is_initialism(name):
            yield (
                "N002",
                f"{name!r} is so short that it stands for many things",
                "Move it to `exact`, which is found only as written",
            )


def _dead(subject: Actor | Place) -> Iterator[tuple[str, str, str]]:
    said: dict[str, str] = {}
    for name in (subject.name, *subject.aliases, *subject.demonyms):
        plain = folded(name)
        if not plain:
            yield "N003", f"{name!r} holds no word, so it is never found", "Leave it out"
        elif plain in said:
            yield (
                "N003",
                f"{name!r} finds nothing that {said[plain]!r} does not: case, accents and hyphens"
                " make no difference",
                "Leave it out",
            )
        else:
            said[plain] = name


def _backwards(subject: Actor | Place) -> Iterator[tuple[str, str, str]]:
    if isinstance(subject, Actor):
        spans: list[tuple[str, date | None, date | None]] = [("`active`", *subject.active)]
        spans += [(f"the office {r.office!r}", r.begins, r.ends) for r in subject.roles]
        for what, begins, ends in spans:
            if begins is not None and ends is not None and ends < begins:
                yield (
                    "N004",
                    f"{what} ends on {ends}, before it begins on {begins}",
                    "Put the earlier day first",
                )
