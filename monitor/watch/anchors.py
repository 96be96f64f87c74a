"""Which key must an article show before a watch is worth deciding?

The rarest thing the watch cannot do without: of AND the rarest part, of OR each branch its own;
filters and negatives are never keys. A key is a pattern of the line that the lexicon looks for, or
a subject or topic that the article names. Choosing by rarity is what makes 10,000 watches cost
little more than 100 (as Lucene Monitor's TermFilteredPresearcher does).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from monitor.lexicon import patterns
from monitor.text import folded
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

_FREQUENT = frozenset(
    b"""the a an of to in and on for is was with that it as at by from he be said has his are have
    but not had who they this will were which been their or its after one she about more also up new
    would first out year years people over two last when all there no time us government can could
    if into than her other may so we president state country police officials say says minister
    according three against between party week day month world city man men women told news war
    states united forces security military group attack killed some before during while under since
    million per cent percent back made make being because where now only most many national foreign
    public political international general office company market report part just home court law
    case house support work""".split()
)


def keys_of(node: Node) -> tuple[Key, ...]:
    """The keys of which at least one is shown by every article that `node` holds for."""
    chosen = _choose(node)
    assert chosen is not None, "a query without a positive branch is refused when it is parsed"
    return chosen[1]


def _choose(node: Node) -> tuple[float, tuple[Key, ...]] | None:
    """(how often, keys), or None where nothing must be shown."""
    match node:
        case Term(text=text):
            spelled = patterns(text)
            return _frequency(spelled[0]), spelled
        case Wild(text=text):
            head = wild_head(wild_form(text))
            return 3 * _frequency(head), (head,)
        case Subject(kind=kind, id=subject_id):
            return 100.0 if kind == "theme" else 8.0, ((kind, subject_id),)
        case TopicIs(name=name):
            return 5.0, (("topic", name), ("topic", folded(name)))
        case Filter() | Not():
            return None
        case _:
            return _choose_joined(node)


def _choose_joined(
    node: And | Or | Near | NotNear | InField | AtLeast | Together,
) -> tuple[float, tuple[Key, ...]] | None:
    match node:
        case And(parts=parts) | Together(parts=parts):
            return _rarest(parts)
        case Near(left=left, right=right):
            return _rarest((left, right))
        case Or(parts=parts):
            return _each(parts)
        case NotNear(left=part) | InField(part=part) | AtLeast(part=part):
            return _choose(part)


def _rarest(parts: tuple[Node, ...]) -> tuple[float, tuple[Key, ...]] | None:
    chosen = [choice for choice in map(_choose, parts) if choice is not None]
    return min(chosen, key=lambda choice: choice[0], default=None)


def _each(parts: tuple[Node, ...]) -> tuple[float, tuple[Key, ...]] | None:
    chosen = [_choose(part) for part in parts]
    keys: dict[Key, None] = {}
    total = 0.0
    for choice in chosen:
        if choice is None:
            return None
        total += choice[0]
        keys.update(dict.fromkeys(choice[1]))
    return total, tuple(keys)


def _frequency(pattern: bytes) -> float:
    """A guess, in articles of a thousand: long words are rare, phrases as their rarest word."""
    words = pattern.split()
    rarest = min(200.0 if word in _FREQUENT else 300.0 / len(word) ** 2 for word in words)
    return rarest / len(words)
