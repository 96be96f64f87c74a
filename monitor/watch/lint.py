"""What is odd about watches that load: said by `wirewatch check`, each with a code and a fix.

| code | says |
|---|---|
| W001 | a clause can never hold |
| W002 | a term is, or also matches, a very common word |
| W003 | a term is so short that it stands for many things |
| W004 | a wildcard expands to many known words |
| W005 | a watch is equal to another |
| W006 | all that a watch matches another matches, too |
| W007 | no watch asks for an actor (a note: it does not make `check` complain) |
| W008 | no article has that topic, or not always by that label |

A watch silences a code with `lint_ignore = ["W003"]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from monitor.lexicon import Knowledge
from monitor.model import Watch
from monitor.text import folded
from monitor.text.sentences import split
from monitor.watch.frequent import COMMON, FREQUENT
from monitor.watch.implies import implies
from monitor.watch.plan import capital_words, wild_form, wild_head
from monitor.watch.spelling import spell
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
from monitor.watch.watchlist import parse_watch

CODES = ("W001", "W002", "W003", "W004", "W005", "W006", "W007", "W008")
MANY_WORDS = 25
"""Known words above which a wildcard is remarked on."""

_MOST_COMPARED = 2_000
"""Of more watches than this only equal ones are told: comparing is quadratic."""


OddTopic: TypeAlias = Callable[[str], tuple[str, str] | None]
"""What is odd about a topic by that label or key, in a sentence, and the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One odd thing. `about` is "watch.ID" or "actor.ID"."""

    code: str
    about: str
    sentence: str
    fix: str

    @property
    def is_note(self) -> bool:
        """Whether it is said only, and no complaint."""
        return self.code == "W007"

    def __str__(self) -> str:
        return f"[{self.about}] {self.code}: {self.sentence}. {self.fix}"


def _any_topic(_: str) -> None:
    return None


def lint(
    watches: Iterable[Watch],
    knowledge: Knowledge,
    own_actors: Iterable[str] = (),
    odd_topic: OddTopic = _any_topic,
) -> tuple[Remark, ...]:
    """Every remark on watches whose queries are understood, in their order.

    `own_actors` are the ids of config/actors.toml; `odd_topic` knows which topics there can be.
    """
    known = tuple(watch for watch in watches if watch.has_query)
    trees = {watch.id: parse_watch(watch, knowledge) for watch in known}
    ignored = {f"watch.{watch.id}": watch.lint_ignore for watch in known}
    linter = _Linter(knowledge, odd_topic)
    remarks = [
        *(remark for watch in known for remark in linter.watch(watch.id, trees[watch.id])),
        *_same({w.id: trees[w.id] for w in known if not w.emerging}, knowledge),
        *_unasked(trees, own_actors),
    ]
    return tuple(remark for remark in remarks if remark.code not in ignored.get(remark.about, ()))


class _Linter:
    def __init__(self, knowledge: Knowledge, odd_topic: OddTopic) -> None:
        self._knowledge, self._odd_topic = knowledge, odd_topic
        self._words = sorted(_known_words(knowledge))

    def watch(self, watch_id: str, tree: Node) -> Iterator[Remark]:
        """The remarks on one watch for itself."""
        about = f"watch.{watch_id}"
        for node in dict.fromkeys(_nodes(tree)):
            for code, sentence, fix in self._node(node):
                yield Remark(code=code, about=about, sentence=sentence, fix=fix)

    def _node(self, node: Node) -> Iterator[tuple[str, str, str]]:
        match node:
            case And(parts=parts):
                yield from self._never(parts)
            case Term():
                yield from self._term(node)
            case Wild(text=text):
                yield from self._wild(text)
            case TopicIs(name=name):
                odd = self._odd_topic(name)
                if odd is not None:
                    yield "W008", *odd

    def _never(self, parts: tuple[Node, ...]) -> Iterator[tuple[str, str, str]]:
        for part in parts:
            for other in parts:
                if isinstance(other, Not) and implies(part, other.part, self._knowledge):
                    yield (
                        "W001",
                        f"{spell(part)} AND {spell(other)} can never hold",
                        f"Leave {spell(other)} out, or name what it should rule out",
                    )
        said: dict[str, Filter] = {}
        for part in parts:
            if isinstance(part, Filter) and part.by != "tag":
                first = said.setdefault(part.by, part)
                if not _agree(first, part):
                    yield (
                        "W001",
                        f"{spell(first)} AND {spell(part)} can never hold",
                        f"Write ({spell(first)} OR {spell(part)})",
                    )

    def _term(self, term: Term) -> Iterator[tuple[str, str, str]]:
        words = folded(term.text).split()
        if len(split(term.text)) > 1:
            yield (
                "W001",
                f"{spell(term)} goes over a sentence end, which no phrase does",
                "Join its two parts by THEN/3",
            )
        if len(words) != 1:
            return
        if words[0].encode() in COMMON and not (term.case == "usual" and capital_words(term.text)):
            yield (
                "W002",
                f"{spell(term)} matches a very common word",
                self._instead(term.text, "Put it in a phrase, or leave it out"),
            )
        elif len(words[0]) < 3 and words[0].isascii():
            yield (
                "W003",
                f"{spell(term)} is so short that it stands for many things",
                self._instead(term.text, "Write the full name, or put it NEAR another word"),
            )

    def _instead(self, text: str, otherwise: str) -> str:
        actor = self._knowledge.resolve("actor", text)
        return f"Write actor:{actor}, which knows its other names, too" if actor else otherwise

    def _wild(self, text: str) -> Iterator[tuple[str, str, str]]:
        head = wild_head(wild_form(text)).decode().strip()
        covered = [word for word in self._words if word.startswith(head)]
        if text.endswith("*") and len(covered) > MANY_WORDS:
            shown = ", ".join(covered[:: len(covered) // 4][:4])
            yield (
                "W004",
                f"{text} expands to {len(covered)} known words ({shown}, ...)",
                "Write more of the word, or the words you mean joined by OR",
            )


def _same(trees: Mapping[str, Node], knowledge: Knowledge) -> Iterator[Remark]:
    first: dict[Node, str] = {}
    for watch_id, tree in trees.items():
        twin = first.setdefault(tree, watch_id)
        if twin != watch_id:
            yield Remark(
                code="W005",
                about=f"watch.{watch_id}",
                sentence=f"it asks the same as {twin}",
                fix="Keep one of them, with all channels in its notify",
            )
    if len(first) > _MOST_COMPARED:
        return
    for tree, watch_id in first.items():
        for wider, other in first.items():
            if other != watch_id and implies(tree, wider, knowledge):
                yield Remark(
                    code="W006",
                    about=f"watch.{watch_id}",
                    sentence=f"all that it matches {other} matches, too",
                    fix=f"Keep {other} alone, or silence this where both are meant",
                )


def _unasked(trees: Mapping[str, Node], own_actors: Iterable[str]) -> Iterator[Remark]:
    asked = {
        node.id
        for tree in trees.values()
        for node in _nodes(tree)
        if isinstance(node, Subject) and node.kind == "actor"
    }
    for actor in own_actors:
        if actor not in asked:
            yield Remark(
                code="W007",
                about=f"actor.{actor}",
                sentence="no watch asks for it; it is used for topics only",
                fix=f"Write actor:{actor} in a watch, or leave it",
            )


def _agree(one: Filter, other: Filter) -> bool:
    if one.by != "lang":
        return folded(one.value) == folded(other.value)
    return f"{one.value}-".startswith(f"{other.value}-") or f"{other.value}-".startswith(
        f"{one.value}-"
    )


def _nodes(node: Node) -> Iterator[Node]:
    """The node and all in it that must or may be there; not what NOT rules out."""
    yield node
    match node:
        case And(parts=parts) | Or(parts=parts) | Together(parts=parts):
            for part in parts:
                yield from _nodes(part)
        case Near(left=left, right=right):
            yield from _nodes(left)
            yield from _nodes(right)
        case NotNear(left=part) | InField(part=part) | AtLeast(part=part):
            yield from _nodes(part)


def _known_words(knowledge: Knowledge) -> set[str]:
    """Common words, and the words of all names and themes."""
    words = {word.decode() for word in FREQUENT}
    for actor in knowledge.actors.values():
        words.update(folded(" ".join((actor.name, *actor.aliases))).split())
    for place in knowledge.places.values():
        words.update(folded(" ".join((place.name, *place.demonyms))).split())
    for theme in knowledge.themes.values():
        words.update(folded(" ".join(text for text, _ in theme.terms)).split())
    return words
