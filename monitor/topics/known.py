"""Which topics can there be? Says of a `topic:` in a watch why no article will ever have it.

A label is spelled from the labels of its parts, a key from their ids. Both are read here the other
way round, by any name of a part, so that what is meant can be offered. The shape `name` makes
topics of names that no list knows: what is written like one is let through, unless it is nearly a
listed one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import permutations
from typing import NamedTuple, TypeAlias

from monitor.lexicon import Knowledge
from monitor.model import SubjectKind, Theme
from monitor.text import folded
from monitor.topics import actor_in_place


class Form(NamedTuple):
    """How the topics of a shape are spelled: of which parts the key is, and the label.

    In `either` order: which part comes first in the label is for the article to say.
    """

    kinds: tuple[SubjectKind, ...]
    label: str
    either: bool = False


FORMS: Mapping[str, Form] = {
    "place": Form(("place",), "{}"),
    "actor": Form(("actor",), "{}"),
    "theme": Form(("theme",), "{}"),
    "actor_in_place": Form(("actor", "place"), "{} in {}"),
    "place_theme": Form(("place", "theme"), "{} {}"),
    "bilateral": Form(("place", "place"), "{} {} relations", either=True),
    "actor_and_actor": Form(("actor", "actor"), "{} and {}", either=True),
}
"""By shape: all but `name`, whose topics nobody lists."""

Odd: TypeAlias = tuple[str, str]
"""What is odd, in a sentence, and the fix."""

_Ids: TypeAlias = tuple[str, ...]
_NEARLY = 0.85
"""A name as like a listed one as this, with the same first letter, is taken for it misspelt."""


class KnownTopics:
    """Tells the topics that can be made of knowledge from those that cannot."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def oddity(self, name: str) -> Odd | None:
        """What is odd about a topic by that label or key; None when articles may have it."""
        shape, colon, ids = name.partition(":")
        if colon and shape == "name":
            return None
        if colon and shape in FORMS:
            return self._of_key(shape, ids)
        return self._of_label(name)

    # -- keys -------------------------------------------------------------------------------------

    def _of_key(self, shape: str, written: str) -> Odd | None:
        kinds, parts = FORMS[shape].kinds, written.split("+")
        if len(parts) != len(kinds):
            wanted = " + ".join(f"the id of the {kind}" for kind in kinds)
            return f"topic:{_quoted(f'{shape}:{written}')} is no key", f"Write {shape}: {wanted}"
        found = tuple(map(self._like, kinds, parts))
        for kind, part, id_ in zip(kinds, parts, found, strict=True):
            if id_ is None:
                return f"no {kind} has the id {part}", "`wirewatch topics` shows keys"
        ids = self._makeable(shape, tuple(id_ for id_ in found if id_ is not None))
        if ids is None:
            return f"no article has a topic {shape}:{written}", "`wirewatch topics` shows keys"
        key = _key(shape, ids)
        return None if key == f"{shape}:{written}" else _unmade(f"{shape}:{written}", key)

    # -- labels -----------------------------------------------------------------------------------

    def _of_label(self, name: str) -> Odd | None:
        words = folded(name).split()
        meant = [
            (shape, ids)
            for shape, parts in _readings(words)
            if (ids := self._ids(shape, tuple(map(self._resolved, FORMS[shape].kinds, parts))))
        ]
        for shape, ids in meant:
            if any(folded(label) == " ".join(words) for label in self._labels(shape, ids)):
                return self._either(name, shape, ids) if FORMS[shape].either else None
        offered = [next(self._labels(shape, ids)) for shape, ids in meant] or self._like_label(
            name, words
        )
        if offered:
            return _unmade(name, *dict.fromkeys(offered))
        if _is_written_as_name(name):
            return None
        return (
            f"no article has a topic {name}",
            f'To look for the words write "{name}"; a name that no list knows takes capitals',
        )

    def _either(self, name: str, shape: str, ids: _Ids) -> Odd:
        return (
            f"the label {name} is one of two: who acts more stands first",
            f"Write topic:{_quoted(_key(shape, ids))}, which is both",
        )

    def _like_label(self, name: str, words: Sequence[str]) -> list[str]:
        """Labels of topics that look like the one written."""
        as_name = _is_written_as_name(name)
        offered = []
        for shape, parts in _readings(words):
            kinds = FORMS[shape].kinds
            found = tuple(map(self._resolved, kinds, parts))
            if len(parts) > 1 and not any(found):
                continue  # else everything of two words would be like some place and theme
            ids = self._ids(shape, tuple(map(self._like, kinds, parts)))
            label = next(self._labels(shape, ids)) if ids else ""
            if label and (not as_name or _is_nearly(label, name)):
                offered.append(label)
        return sorted(offered, key=lambda label: -_likeness(label, name))[:2]

    # -- parts ------------------------------------------------------------------------------------

    def _resolved(self, kind: SubjectKind, name: str) -> str | None:
        return self._knowledge.resolve(kind, name)

    def _like(self, kind: SubjectKind, name: str) -> str | None:
        return self._resolved(kind, name) or next(iter(self._knowledge.suggest(kind, name)), None)

    def _ids(self, shape: str, found: tuple[str | None, ...]) -> _Ids | None:
        known = tuple(id_ for id_ in found if id_ is not None)
        return self._makeable(shape, known) if len(known) == len(found) else None

    def _makeable(self, shape: str, ids: _Ids) -> _Ids | None:
        """The parts as the shape would have them: countries for their cities; None: never."""
        if len(set(ids)) != len(ids) and FORMS[shape].either:
            return None
        match shape:
            case "actor":
                state = self._knowledge.actors[ids[0]].kind == "state"
                return None if state else ids
            case "actor_in_place":
                kind = self._knowledge.actors[ids[0]].kind
                return (ids[0], self._whole(ids[1])) if kind in actor_in_place.KINDS else None
            case "place_theme":
                composable = self._knowledge.themes[ids[1]].composable
                return (self._whole(ids[0]), ids[1]) if composable else None
            case "bilateral":
                wholes = tuple(map(self._whole, ids))
                places = self._knowledge.places
                countries = all(places[id_].kind == "country" for id_ in wholes)
                return wholes if countries and len(set(wholes)) > 1 else None
            case _:
                return ids

    def _whole(self, place_id: str) -> str:
        places = self._knowledge.places
        around = reversed(self._knowledge.around(place_id))
        return next(id_ for id_ in around if id_ in places)

    def _labels(self, shape: str, ids: _Ids) -> Iterator[str]:
        form = FORMS[shape]
        names = [self._label(kind, id_) for kind, id_ in zip(form.kinds, ids, strict=True)]
        for order in permutations(names) if form.either else (names,):
            yield form.label.format(*order)

    def _label(self, kind: SubjectKind, id_: str) -> str:
        subject = self._knowledge.subjects(kind)[id_]
        return subject.label if isinstance(subject, Theme) else subject.short or subject.name


def _readings(words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The shapes a label may be of, each with the words of its parts."""
    whole = " ".join(words)
    for shape in ("place", "actor", "theme"):
        yield shape, (whole,)
    for at in range(1, len(words)):
        before, behind = " ".join(words[:at]), " ".join(words[at:])
        if len(words) - at > 1:
            rest = " ".join(words[at + 1 :])
            if words[at] == "in":
                yield "actor_in_place", (before, rest)
            elif words[at] == "and":
                yield "actor_and_actor", (before, rest)
            elif words[-1] == "relations":
                yield "bilateral", (before, " ".join(words[at:-1]))
        yield "place_theme", (before, behind)


def _key(shape: str, ids: _Ids) -> str:
    return f"{shape}:{'+'.join(sorted(ids) if FORMS[shape].either else ids)}"


def _unmade(name: str, *meant: str) -> Odd:
    shown = " or ".join(f"topic:{_quoted(each)}" for each in meant)
    return f"no article has a topic {name}", f"Did you mean {shown}?"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, folded(one), folded(other)).ratio()


def _is_nearly(label: str, name: str) -> bool:
    return label[0] == name[0] and _likeness(label, name) >= _NEARLY


def _is_written_as_name(name: str) -> bool:
    """Whether it is one capitalised word after another, but for "of", "bin" and the like."""
    words = name.split()
    return all(word[:1].isupper() for word in (words[0], words[-1])) and not (
        {"in", "and", "relations"} & set(words)
    )
