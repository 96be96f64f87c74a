"""The tokens of a query, and what is said where something is none or cannot stand where it does."""

from __future__ import annotations

import re

from monitor.errors import QueryError

_PHRASE = r'["“”][^"“”]*["“”]'
_WORD = r'[^\s()",:“”]+'
_KEY = r"[^\W\d]+"
PIECE = re.compile(
    rf"\s*(?:(?P<NAMED>{_KEY}:(?:{_PHRASE}|{_WORD}))|(?P<SCOPED>{_KEY}:\()"
    rf"|(?P<CALL>[a-z]+\()|(?P<WORD>{_WORD})|(?P<PHRASE>{_PHRASE})|(?P<SIGN>[(),]))"
)
_OPENED = re.compile(r':["“”][^"“”]*\Z')
"""A key whose quote is not closed."""


def unexpected(query: str, at: int) -> QueryError:
    """What cannot stand where it does, in the reader's terms."""
    if _OPENED.match(query, at) and query[:at][-1:].isalpha():
        at += 1
    found = query[at]
    if found in '"“”':
        return QueryError(
            "the quote opened here is not closed", query=query, column=at + 1, fix='add a "'
        )
    if found == ")":
        return _closing(query, at)
    if found == ",":
        problem, fix = "found a comma", "write AND or OR, or put the words in quotes"
    else:  # all other signs are words
        problem, fix = "found a colon", "write key:value without blanks, or put the words in quotes"
    return QueryError(problem, query=query, column=at + 1, fix=fix)


def _closing(query: str, at: int) -> QueryError:
    if query.count("(", 0, at) > query.count(")", 0, at):
        problem, fix = "nothing stands between the parentheses", "write a term, or leave them out"
    else:
        problem, fix = "this ) closes nothing", "leave it out, or add a ( before"
    return QueryError(problem, query=query, column=at + 1, fix=fix)


def unclosed(query: str) -> QueryError:
    """The innermost parenthesis that is not closed."""
    open_at: list[int] = []
    for found in PIECE.finditer(query):
        if found[0].endswith("("):
            open_at.append(found.end())
        elif found["SIGN"] == ")":
            open_at.pop()
    return QueryError("this ( is not closed", query=query, column=open_at[-1], fix="add a )")
