"""Google Alerts: a blank is AND, OR binds tighter, a minus rules out."""

from __future__ import annotations

from monitor.watch.importers.building import and_, distance, fixed, or_, star_word, within
from monitor.watch.importers.fields import filtered, in_field
from monitor.watch.importers.reading import Importing, Operator, Sign, Syntax
from monitor.watch.tree import Node, Not

_FORMS = "Google also finds other forms and like words; ours finds what is written: use * or OR"


def _minus(_importing: Importing, _sign: Sign, part: Node) -> Node:
    return Not(part=part)


def _reach(sign: Sign) -> int:
    """Google counts the words between, we the positions."""
    return distance(sign) + 1


def _word(importing: Importing, sign: Sign) -> Node:
    importing.warn(_FORMS)
    return star_word(importing, sign)


SYNTAX = Syntax(
    name="google",
    side_by_side="AND",
    binding_of_blank=1,
    operators=(
        Operator(pattern=r"AROUND\(\d+\)", binding=fixed(3), join=within(_reach)),
        Operator(pattern=r"OR\b|\|", binding=fixed(2), join=or_),
        Operator(pattern=r"AND\b", binding=fixed(1), join=and_),
    ),
    prefixes={
        r"-(?=[\w\"“(])": _minus,
        r"intitle:": in_field("title"),
        r"intext:": in_field("body"),
        r"site:": filtered("source"),
    },
    refused={
        r"all(?:intitle|intext|inurl):": "write the field before each word",
        r"(?:inurl|link|related|cache|filetype|location|source|before|after|define|loc):": (
            "an operator of Google with no counterpart: leave it out"
        ),
        r"\*(?!\w)": "any word: write THEN/2 between its neighbours",
        r"\d+\.\.\d+": "a range of numbers: write them joined by OR",
    },
    word=_word,
)
