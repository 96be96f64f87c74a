"""How a query of another system is read: its pieces by a table, its operators by their binding.

An importer says which signs mean what (`Syntax`); this reads them with the source's own precedence
(Pratt, "Top down operator precedence", POPL 1973) and makes a tree of our language, in which every
precedence is explicit. What cannot be said in ours is an error or a warning, never left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from monitor.errors import QueryError
from monitor.text import folded
from monitor.watch.grammar import MAX_DEPTH
from monitor.watch.tree import (
    Near,
    Node,
    Term,
    all_of,
)

Join: TypeAlias = Callable[["Importing", "Sign", Node, Node], Node]
Leaf: TypeAlias = Callable[["Importing", "Sign"], Node]
Wrap: TypeAlias = Callable[["Importing", "Sign", Node], Node]


@dataclass(frozen=True, slots=True)
class Sign:
    """One piece of a query."""

    kind: str
    found: re.Match[str]

    @property
    def text(self) -> str:
        """As written."""
        return self.found.group()

    @property
    def start(self) -> int:
        """Where it begins, counted from 0."""
        return self.found.start()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Joins two sides. `binding`: the higher, the tighter; it may depend on the distance."""

    pattern: str
    binding: Callable[[Sign], float]
    join: Join


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """What the signs of a system mean.

    `side_by_side` says what words without an operator are. `prefixes` stand before an operand
    (fields, minus); `leaves` are operands of their own besides words and phrases; `refused` signs
    cannot be carried over: pattern -> what to do instead; so with `unknown` ones, which are tried
    when nothing else fits.
    """

    name: str
    operators: tuple[Operator, ...]
    side_by_side: Literal["phrase", "AND", "OR"]
    binding_of_blank: float = 0.0
    prefixes: Mapping[str, Wrap] = field(default_factory=dict)
    leaves: Mapping[str, Leaf] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    word: Leaf


class Importing:
    """One query on its way into our language. `warnings` gathers what means something else."""

    def __init__(self, query: str, syntax: Syntax) -> None:
        self.query, self.syntax = query, syntax
        self.warnings: list[str] = []
        self._signs = self._read()
        self._at = self._depth = 0

    def warn(self, text: str) -> None:
        """Note a difference in meaning, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def refuse(self, sign: Sign, problem: str, fix: str) -> QueryError:
        """The error for a sign that cannot be carried over."""
        return QueryError(problem, query=self.query, column=sign.start + 1, fix=fix)

    # -- signs ------------------------------------------------------------------------------------

    def _read(self) -> list[Sign]:
        syntax = self.syntax
        table = [
            *((f"x{n}", pattern) for n, pattern in enumerate(syntax.refused)),
            *((f"o{n}", operator.pattern) for n, operator in enumerate(syntax.operators)),
            *((f"p{n}", pattern) for n, pattern in enumerate(syntax.prefixes)),
            *((f"l{n}", pattern) for n, pattern in enumerate(syntax.leaves)),
            *((f"u{n}", pattern) for n, pattern in enumerate(syntax.unknown)),
            ("phrase", r'["“”][^"“”]*["“”]'),
            ("open", r"[(\[]"),
            ("close", r"[)\]]"),
            ("word", r'[^\s()\[\]"“”]+'),
        ]
        signs, at = [], 0
        patterns = [(kind, re.compile(pattern)) for kind, pattern in table]
        while at < len(self.query):
            if self.query[at].isspace():
                at += 1
                continue
            sign = self._sign(patterns, at)
            signs.append(sign)
            at = sign.found.end()
        return signs

    def _sign(self, patterns: list[tuple[str, re.Pattern[str]]], at: int) -> Sign:
        for kind, pattern in patterns:
            found = pattern.match(self.query, at)
            if found and found.end() > at:
                sign = Sign(kind, found)
                if kind[0] in "xu":
                    table = self.syntax.refused if kind[0] == "x" else self.syntax.unknown
                    fix = list(table.values())[int(kind[1:])]
                    raise self.refuse(sign, f"{sign.text} cannot be carried over", fix)
                return sign
        raise QueryError(
            "the quote opened here is not closed", query=self.query, column=at + 1, fix='add a "'
        )

    # -- the tree ---------------------------------------------------------------------------------

    def tree(self) -> Node:
        """The whole query."""
        if not self._signs:
            raise QueryError("found nothing, wanted a query", query=self.query, column=1)
        node = self.level(float("-inf"))
        if self._at < len(self._signs):
            sign = self._signs[self._at]
            raise self.refuse(sign, f"found {sign.text}, wanted an operator", "leave it out")
        return node

    def level(self, weakest: float) -> Node:
        """An operand, and all that is joined to it more tightly than `weakest`."""
        left = self.operand()
        while (sign := self._next()) is not None and sign.kind != "close":
            operator = self._operator(sign)
            binding = operator.binding(sign) if operator else self.syntax.binding_of_blank
            if binding <= weakest:
                break
            self._at += operator is not None
            right = self.level(binding)
            left = self._joined(operator, sign, left, right)
        return left

    def operand(self) -> Node:
        """A word, phrase, group, or one of them behind a prefix."""
        sign = self._next()
        if sign is None or sign.kind == "close" or (sign.kind[0] == "o" and sign.kind != "open"):
            where = sign or self._signs[-1]
            raise self.refuse(where, f"found {where.text}, wanted a term", "add the term")
        if self._depth > MAX_DEPTH:
            problem = f"found what is {self._depth} deep, wanted at most {MAX_DEPTH}"
            raise self.refuse(sign, problem, "split the query into several watches")
        self._at += 1
        self._depth += 1
        node = self._operand(sign)
        self._depth -= 1
        return node

    def _operand(self, sign: Sign) -> Node:
        if sign.kind == "open":
            return self._group(sign)
        if sign.kind[0] == "p" and sign.kind != "phrase":
            wrap = list(self.syntax.prefixes.values())[int(sign.kind[1:])]
            return wrap(self, sign, self.operand())
        if sign.kind[0] == "l":
            return list(self.syntax.leaves.values())[int(sign.kind[1:])](self, sign)
        return self._words(sign)

    def _group(self, sign: Sign) -> Node:
        node = self.level(float("-inf"))
        closing = self._next()
        if closing is None:
            raise self.refuse(sign, "this ( is not closed", "add a )")
        self._at += 1
        return node

    def _words(self, sign: Sign) -> Node:
        """A phrase or word; where words side by side are a phrase, all of them."""
        if sign.kind == "phrase":
            return self.phrase(sign, sign.text[1:-1])
        parts = [sign]
        if self.syntax.side_by_side == "phrase":
            while (more := self._next()) is not None and more.kind == "word":
                parts.append(more)
                self._at += 1
        nodes = [self.syntax.word(self, part) for part in parts]
        if len(nodes) == 1:
            return nodes[0]
        if all(isinstance(node, Term) and node.case == "usual" for node in nodes):
            return self.phrase(sign, " ".join(part.text for part in parts))
        if len(nodes) == 2:
            return Near(left=nodes[0], right=nodes[1], reach=1, ordered=True)
        raise self.refuse(
            sign, "found a wildcard in a phrase of three words and more", "write two words"
        )

    def phrase(self, sign: Sign, text: str) -> Node:
        """A phrase of plain words."""
        if not folded(text):
            raise self.refuse(sign, "found no letter or digit to look for", "write a word")
        if re.search(r"\w[*?!]", text):
            raise self.refuse(
                sign, "found a wildcard in quotes", "join two words by THEN/1: terror* THEN/1 act"
            )
        return Term(text=" ".join(text.split()))

    def _next(self) -> Sign | None:
        return self._signs[self._at] if self._at < len(self._signs) else None

    def _operator(self, sign: Sign) -> Operator | None:
        if sign.kind[0] == "o" and sign.kind != "open":
            return self.syntax.operators[int(sign.kind[1:])]
        return None

    def _joined(self, operator: Operator | None, sign: Sign, left: Node, right: Node) -> Node:
        if operator is not None:
            return operator.join(self, sign, left, right)
        if self.syntax.side_by_side == "AND":
            return all_of([left, right])
        raise self.refuse(sign, "found two operands side by side", "write AND or OR between them")
