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
from typing import TypeAlias

from monitor.lexicon import Knowledge
from monitor.model import SubjectKind, Theme
from monitor.text import folded
from monitor.topics import SHAPES
from monitor.topics.form import PART, Form, Ids

Odd: TypeAlias = tuple[str, str]
"""What is odd, in a sentence, and the fix."""

FORMS: Mapping[str, Form] = {name: shape.form for name, shape in SHAPES.items() if shape.form}
"""By shape: all but `name`."""

_WORDS = {word for form in FORMS.values() for word in form.label.split()} - {PART}
"""Those that stand between or behind the parts of a label."""
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
        ids = self._made(shape, tuple(id_ for id_ in found if id_ is not None))
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

    def _either(self, name: str, shape: str, ids: Ids) -> Odd:
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

    def _ids(self, shape: str, found: tuple[str | None, ...]) -> Ids | None:
        known = tuple(id_ for id_ in found if id_ is not None)
        return self._made(shape, known) if len(known) == len(found) else None

    def _made(self, shape: str, ids: Ids) -> Ids | None:
        return FORMS[shape].made(self._knowledge, ids)

    def _labels(self, shape: str, ids: Ids) -> Iterator[str]:
        form = FORMS[shape]
        names = [self._label(kind, id_) for kind, id_ in zip(form.kinds, ids, strict=True)]
        for order in permutations(names) if form.either else (names,):
            yield form.label.format(*order)

    def _label(self, kind: SubjectKind, id_: str) -> str:
        subject = self._knowledge.subjects(kind)[id_]
        return subject.label if isinstance(subject, Theme) else subject.short or subject.name


def _readings(words: Sequence[str]) -> Iterator[tuple[str, Ids]]:
    """The shapes a label may be of, each with the words of its parts."""
    for shape, form in FORMS.items():
        for parts in form.readings(words):
            yield shape, parts


def _key(shape: str, ids: Ids) -> str:
    return f"{shape}:{FORMS[shape].key(ids)}"


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
    return all(word[:1].isupper() for word in (words[0], words[-1])) and not (_WORDS & set(words))
