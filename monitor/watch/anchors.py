"""Which keys must an article show before a watch is worth deciding?

The rarest thing the watch cannot do without, and then the second rarest: of AND the rarest parts,
of OR each branch its own; filters and negatives are never keys. A key is a pattern of the line that
the lexicon looks for, or a subject or topic that the article may name. Choosing by rarity is what
makes 10,000 watches cost little more than 100 (as Lucene Monitor's
MultipassTermFilteredPresearcher does with two passes).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias, assert_never

from monitor.lexicon import patterns
from monitor.text import folded
from monitor.watch.frequent import COMMON, FREQUENT
from monitor.watch.plan import wild_form, wild_head
from monitor.watch.tree import (
    And,
    AtLeast,
    Filter,
    InField,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Subject,
    Term,
    Together,
    TopicIs,
    Wild,
)

SubjectKey: TypeAlias = tuple[Literal["actor", "place", "theme", "topic"], str]
Key: TypeAlias = bytes | SubjectKey


class Way(NamedTuple):
    """One way for a watch to hold: the article shows one of `first`, and one of `second` if any."""

    first: tuple[Key, ...]
    second: tuple[Key, ...]


_Need: TypeAlias = tuple[float, tuple[Key, ...]]
"""How often, and the keys of which one must be shown."""


def ways_of(node: Node) -> tuple[Way, ...]:
    """The ways of which every article that `node` holds for shows at least one."""
    branches = node.parts if isinstance(node, Or) else (node,)
    return tuple(_way(branch) for branch in branches)


def _way(branch: Node) -> Way:
    needs = sorted(_needs(branch), key=_how_often)
    assert needs, "a query without a positive branch is refused when it is parsed"
    first = needs[0][1]
    second = next((keys for _, keys in needs[1:] if keys != first), ())
    rarest = tuple(dict.fromkeys(map(_rarest_word, second)))
    return Way(first, () if any(map(_is_everywhere, rarest)) else rarest)


def _how_often(need: _Need) -> float:
    return need[0]


def _rarest_word(key: Key) -> Key:
    """A pattern of several words as its rarest one: shared by more watches, and short."""
    if not isinstance(key, bytes) or not key[:1] == key[-1:] == b" ":
        return key
    return b" %b " % min(key.split(), key=_word_frequency)


def _is_everywhere(key: Key) -> bool:
    """Whether a key stands in so many articles that asking for it parts nothing."""
    return isinstance(key, bytes) and key.strip() in COMMON


def _needs(node: Node) -> Iterator[_Need]:
    """All that must be shown by an article that `node` holds for."""
    match node:
        case Term(text=text):
            spelled = patterns(text)
            yield _frequency(spelled[0]), spelled
        case Wild(text=text):
            head = wild_head(wild_form(text))
            yield 3 * _frequency(head), (head,)
        case Subject(kind=kind, id=subject_id):
            yield 100.0 if kind == "theme" else 8.0, ((kind, subject_id),)
        case TopicIs(name=name):
            yield 5.0, (("topic", name), ("topic", folded(name)))
        case Filter() | Not():
            return
        case _:
            yield from _joined_needs(node)


def _joined_needs(
    node: And | Or | Near | NotNear | InField | AtLeast | Together,
) -> Iterator[_Need]:
    match node:
        case And(parts=parts) | Together(parts=parts):
            for part in parts:
                yield from _needs(part)
        case Near(left=left, right=right):
            yield from _needs(left)
            yield from _needs(right)
        case Or(parts=parts):
            yield from _either(parts)
        case NotNear(left=part) | InField(part=part) | AtLeast(part=part):
            yield from _needs(part)
        case _:
            assert_never(node)


def _either(parts: tuple[Node, ...]) -> Iterator[_Need]:
    """Of each part what it needs most; nothing when a part needs nothing."""
    keys: dict[Key, None] = {}
    total = 0.0
    for part in parts:
        rarest = min(_needs(part), key=_how_often, default=None)
        if rarest is None:
            return
        total += rarest[0]
        keys.update(dict.fromkeys(rarest[1]))
    yield total, tuple(keys)


def _frequency(pattern: bytes) -> float:
    """A guess, in articles of a thousand: long words are rare, phrases as their rarest word."""
    words = pattern.split()
    return min(map(_word_frequency, words)) / len(words)


def _word_frequency(word: bytes) -> float:
    return 200.0 if word in FREQUENT else 300.0 / len(word) ** 2
