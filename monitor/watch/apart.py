"""The clauses of a watch that may stand in different articles of one story or event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from monitor.errors import QueryError
from monitor.watch.spelling import spell
from monitor.watch.tree import And, Node, is_positive
from monitor.watch.watchlist import parse_watch

if TYPE_CHECKING:
    from monitor.lexicon import Knowledge
    from monitor.model import Watch

MARK: Final = "#"
"""Between the id of a watch and the number of a part; no id holds it."""


def parts_of(watch: Watch, knowledge: Knowledge | None) -> tuple[Watch, ...]:
    """A watch for each clause that the query joins by AND; () for a watch of articles. Raises
    QueryError where there are not two such clauses.

    What demands nothing of a text, exclusions and filters, must hold in every article that counts.
    """
    if watch.scope == "article":
        return ()
    tree = parse_watch(watch, knowledge)
    clauses = tree.parts if isinstance(tree, And) else (tree,)
    wanted = [clause for clause in clauses if is_positive(clause)]
    conditions = tuple(clause for clause in clauses if not is_positive(clause))
    if len(wanted) < 2:
        raise QueryError(
            f'found one clause, wanted two or more joined by AND, for scope = "{watch.scope}"',
            query=watch.when or "",
            column=1,
            fix="leave `scope` out: one clause is always found in one article",
        )
    return tuple(
        replace(
            watch,
            id=f"{watch.id}{MARK}{number}",
            when=spell(_joined(clause, conditions)),
            together=(),
            within="article",
            scope="article",
            must_match=(),
            must_not_match=(),
        )
        for number, clause in enumerate(wanted)
    )


def _joined(clause: Node, conditions: tuple[Node, ...]) -> Node:
    return And(parts=(clause, *conditions)) if conditions else clause
