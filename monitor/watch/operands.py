"""What one operand of a query means: a term, a name, a filter, a field, a function."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import get_args

from monitor.errors import QueryError
from monitor.lexicon import Knowledge
from monitor.model import SubjectKind
from monitor.text import folded
from monitor.watch.grammar import Call, Group, Named, Phrase, Word
from monitor.watch.tree import (
    And,
    AtLeast,
    Filter,
    FilterKind,
    InField,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Scope,
    Subject,
    Term,
    TopicIs,
    Wild,
)
from monitor.watch.words import is_wild, odd_word

_SUBJECTS: tuple[SubjectKind, ...] = get_args(SubjectKind)
_FILTERS: tuple[FilterKind, ...] = get_args(FilterKind)
_SCOPES: tuple[Scope, ...] = get_args(Scope)
_KEYS = (*_SUBJECTS, "topic", *_FILTERS, *_SCOPES)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
MAX_COUNT = 1_000


class Operands:
    """Reads the operands of one query; knows the names that may stand in it."""

    def __init__(self, query: str, knowledge: Knowledge | None) -> None:
        self._query, self._knowledge = query, knowledge

    def refused(self, start: int, problem: str, fix: str) -> QueryError:
        """A refusal that points at an offset of the query."""
        return QueryError(problem, query=self._query, column=start + 1, fix=fix)

    # -- terms ------------------------------------------------------------------------------------

    def word(self, word: Word) -> Term | Wild:
        """A bare word."""
        odd = odd_word(word.text)
        if odd is not None:
            raise self.refused(word.start, odd.problem, odd.fix)
        if is_wild(word.text):
            return Wild(text=word.text)
        return Term(text=self._spelled(word.text, word.start))

    def phrase(self, phrase: Phrase) -> Term:
        """Words in quotes."""
        if is_wild(phrase.text):
            raise self.refused(
                phrase.start,
                "found a wildcard in quotes",
                "write the word without quotes, joined by THEN/1: terror* THEN/1 attack",
            )
        return Term(text=self._spelled(phrase.text, phrase.start))

    def _spelled(self, text: str, start: int) -> str:
        if not folded(text):
            raise self.refused(start, "found no letter or digit to look for", "write a word")
        return " ".join(text.split())

    def term_call(self, call: Call) -> Term:
        """exact("Turkey"), anycase("US")."""
        if call.name not in ("exact", "anycase"):
            raise self.refused(
                call.start, f"found {call.name}(", "known are atleast(, exact( and anycase("
            )
        argument = call.arguments[0][0]
        if (
            len(call.arguments) != 1
            or len(call.arguments[0]) != 1
            or not isinstance(argument, Word | Phrase)
            or is_wild(argument.text)
        ):
            raise self.refused(
                call.start, f"{call.name} takes one term", f'write {call.name}("...")'
            )
        text = self._spelled(argument.text, argument.start)
        return Term(text=text, case="exact" if call.name == "exact" else "any")

    def count(self, call: Call) -> int:
        """The number of atleast(3, X)."""
        first = call.arguments[0][0]
        digits = first.text if isinstance(first, Word) and len(call.arguments[0]) == 1 else ""
        if len(call.arguments) != 2 or not digits.isascii() or not digits.isdigit():
            raise self.refused(
                call.start, "atleast takes a number and a term", "write atleast(3, drone)"
            )
        if not 2 <= int(digits) <= MAX_COUNT:
            raise self.refused(
                first.start,
                f"found {digits}, wanted 2 to {MAX_COUNT}",
                "one mention needs no atleast",
            )
        return int(digits)

    # -- key:value --------------------------------------------------------------------------------

    def named(self, named: Named) -> Node:
        """actor:isil, lang:en, title:drone."""
        value, quoted = named.value, named.value[:1] in '"“”'
        if quoted:
            value = " ".join(value[1:-1].split())
        start = named.start + len(named.key) + 1
        for scope in _SCOPES:
            if named.key == scope:
                piece = Phrase if quoted else Word
                inner = piece(text=value, start=start, end=named.end)
                part = self.phrase(inner) if isinstance(inner, Phrase) else self.word(inner)
                return InField(scope=scope, part=part)
        if not value or is_wild(value):
            raise self.refused(start, f"found {named.value}", f"{named.key}: takes a whole name")
        for kind in _SUBJECTS:
            if named.key == kind:
                return self._subject(kind, value, start)
        if named.key == "topic":
            return TopicIs(name=value)
        return self._filter(named, value, start)

    def _subject(self, kind: SubjectKind, name: str, start: int) -> Subject:
        if self._knowledge is None:
            return Subject(kind=kind, id=name)
        found = self._knowledge.resolve(kind, name)
        if found is None:
            raise self.refused(start, f"no {kind} is known as {name}", self._likely(kind, name))
        return Subject(kind=kind, id=found)

    def _likely(self, kind: SubjectKind, name: str) -> str:
        assert self._knowledge is not None
        for other in _SUBJECTS:
            found = self._knowledge.resolve(other, name)
            if found is not None:
                return f"did you mean {other}:{found}?"
        close = self._knowledge.suggest(kind, name)
        if close:
            return f"did you mean {' or '.join(f'{kind}:{id_}' for id_ in close)}?"
        where = "; actors are added in config/actors.toml" if kind == "actor" else ""
        return f'to look for the words write "{name}"{where}'

    def _filter(self, named: Named, value: str, start: int) -> Filter:
        match named.key:
            case "source" | "tag":
                return Filter(by=named.key, value=value)
            case "lang":
                if not _LANGUAGE.fullmatch(value):
                    raise self.refused(
                        start, f"found {value}, wanted a language code", "such as lang:en"
                    )
                return Filter(by="lang", value=value.lower())
            case "country":
                return Filter(by="country", value=self._country(value, start))
        raise self.refused(
            named.start,
            f"found {named.key}:",
            f"{_meant(named.key)}known are {', '.join(key + ':' for key in _KEYS)} (lower case)",
        )

    def _country(self, value: str, start: int) -> str:
        if _COUNTRY.fullmatch(value):
            return value.upper()
        found = self._knowledge.resolve("place", value) if self._knowledge else None
        if found is None or not _COUNTRY.fullmatch(found):
            raise self.refused(
                start, f"found {value}, wanted the two letters of a country", "such as country:GB"
            )
        return found

    # -- fields -----------------------------------------------------------------------------------

    def scope(self, group: Group) -> Scope:
        """The field in front of parentheses."""
        for scope in _SCOPES:
            if group.key == scope:
                return scope
        if group.key in _KEYS:
            raise self.refused(
                group.start,
                f"{group.key}: takes one name",
                f"write ({group.key}:a OR {group.key}:b)",
            )
        raise self.refused(
            group.start,
            f"found {group.key}:(",
            f"known fields are {', '.join(scope + ':' for scope in _SCOPES)}",
        )

    def check_scoped(self, node: Node, start: int) -> None:
        """Refuses what cannot be looked for in one field."""
        match node:
            case Filter(by=by):
                raise self.refused(start, f"{by}: says nothing of a field", "move it outside")
            case TopicIs():
                raise self.refused(start, "a topic is of the whole article", "move it outside")
            case InField(scope=scope):
                raise self.refused(start, f"{scope}: inside a field", "name one field only")
            case And(parts=parts) | Or(parts=parts):
                for part in parts:
                    self.check_scoped(part, start)
            case Not(part=part) | AtLeast(part=part):
                self.check_scoped(part, start)
            case Near() | NotNear() | _:
                return


def _meant(key: str) -> str:
    """The field that a wrong one is likely to be."""
    close = get_close_matches(key.lower(), _KEYS, n=1)
    return f"did you mean {close[0]}:? " if close else ""
