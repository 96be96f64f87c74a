"""Lucene, Elasticsearch, Media Cloud `query_string`: no precedence, but demands and wishes.

As Lucene's classic parser does: AND makes the clauses on both sides demanded, + its clause, NOT and
- forbid theirs; the rest are wishes, of which one is needed only where nothing is demanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.errors import Bug
from monitor.watch.importers.building import fixed, near, star_word
from monitor.watch.importers.fields import filtered, in_field
from monitor.watch.importers.reading import Importing, Operator, Sign, Syntax
from monitor.watch.spelling import spell
from monitor.watch.tree import Node, Not, Term, Wild, all_of, any_of

_SLOPPY = re.compile(r'"([^"]*)"~(\d+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clauses:
    """A level while it is read: its clauses with what each is."""

    demanded: tuple[Node, ...] = ()
    wished: tuple[Node, ...] = ()
    forbidden: tuple[Node, ...] = ()


def _sloppy(importing: Importing, sign: Sign) -> Node:
    found = _SLOPPY.match(sign.text)
    assert found is not None
    words, slop = found.group(1).split(), int(found.group(2))
    if slop == 0:
        return Term(text=" ".join(words))
    if len(words) != 2:
        raise importing.refuse(
            sign, "a distance over more than two words", "write NEAR/n between two words, and AND"
        )
    importing.warn(
        f"{sign.text}: Lucene counts a change of order as two words more; NEAR counts both alike"
    )
    left, right = (Term(text=word) for word in words)
    return near(importing, sign, left, right, slop + 1, ordered=False)


def _word(importing: Importing, sign: Sign) -> Node:
    text, caret, _ = sign.text.partition("^")
    if caret:
        importing.warn(f"{sign.text}: weights rank, they do not decide; left out")
    if re.search(r"~\d*$", text):
        raise importing.refuse(
            sign, f"{text} is fuzzy: it finds words that look alike", "write the spellings with OR"
        )
    if "*" in text or "?" in text:
        return Wild(text=text)
    return star_word(importing, sign) if not caret else Term(text=text)


class LuceneImporting(Importing):
    """Reads a level by demands and wishes, as the classic parser does."""

    def level(self, weakest: float) -> Node:
        """All clauses up to the closing parenthesis."""
        rows: list[tuple[str, Node]] = []
        joint = ""
        while (sign := self._next()) is not None and sign.kind != "close":
            word = sign.text.upper() if self._operator(sign) else ""
            if word in ("AND", "&&", "OR", "||"):
                self._at += 1
                joint = "AND" if word in ("AND", "&&") else "OR"
                if joint == "AND" and rows and rows[-1][0] == "wished":
                    rows[-1] = ("demanded", rows[-1][1])
                continue
            kind = "demanded" if joint == "AND" else "wished"
            if rows and not joint and not word:
                self.warn("words without an operator: read as OR, which is Lucene's default")
            if word:
                self._at += 1
                kind = "demanded" if word == "+" else "forbidden"
            rows.append((kind, self.operand()))
            joint = ""
        if joint or not rows:
            where = sign or self._signs[-1]
            raise self.refuse(where, f"found {where.text}, wanted a term", "add the term")
        return self._decided(rows)

    def _decided(self, rows: list[tuple[str, Node]]) -> Node:
        demanded = [node for kind, node in rows if kind == "demanded"]
        wished = [node for kind, node in rows if kind == "wished"]
        forbidden: list[Node] = [Not(part=node) for kind, node in rows if kind == "forbidden"]
        if demanded and wished:
            shown = ", ".join(spell(node) for node in wished)
            self.warn(f"{shown}: beside AND or + Lucene only ranks by it; left out")
        needed = demanded or ([any_of(wished)] if wished else [])
        return all_of([*needed, *forbidden])


def _never(_importing: Importing, sign: Sign, _left: Node, _right: Node) -> Node:
    raise Bug(f"{sign.text} joined two sides, although Lucene's operators mark clauses")


SYNTAX = Syntax(
    name="lucene",
    side_by_side="OR",
    operators=(
        Operator(
            pattern=r"AND\b|OR\b|NOT\b|&&|\|\||!(?=\S)|[+-](?=[\w\"(])",
            binding=fixed(1),
            join=_never,
        ),
    ),
    prefixes={
        r"(?:title|headline):": in_field("title"),
        r"(?:summary|lead|description):": in_field("lead"),
        r"(?:body|text|content|article_text|text_content):": in_field("body"),
        r"(?:language|lang):": filtered("lang"),
        r"(?:country):": filtered("country"),
        r"(?:source|media_name|canonical_domain|domain):": filtered("source"),
        r"(?:tag|tags):": filtered("tag"),
    },
    leaves={r'"[^"]*"~\d+': _sloppy},
    refused={
        r"/(?:[^/\s]|\\/)+/": "a regular expression: write the words joined by OR",
        r"[\w.]+:[\[{][^\]}]*[\]}]|[\w.]+:[<>]": "a range: leave it out",
        r"_exists_:|[\w.]+:\*(?!\w)": "whether a field is there: leave it out",
        r"\*:\*": "everything: write what to look for",
    },
    unknown={
        r"[A-Za-z_][\w.]*:(?=\S)": "a field: ours are title:, lead:, body:, source:, lang:, tag:",
    },
    word=_word,
)
