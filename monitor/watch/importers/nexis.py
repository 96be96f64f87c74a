"""Nexis and Lexis+: OR first, then W/n (the smallest n first), W/S, W/P, AND, at last AND NOT."""

from __future__ import annotations

from monitor.watch.importers.building import (
    and_,
    and_not,
    at_least,
    distance,
    fixed,
    not_near,
    or_,
    within,
)
from monitor.watch.importers.fields import filtered, in_field
from monitor.watch.importers.reading import Importing, Operator, Sign, Syntax
from monitor.watch.tree import Node, Term, Wild

_PLURALS = "Nexis finds plurals, too; ours does not: write drone* or (drone OR drones)"


def _by_distance(sign: Sign) -> float:
    return 6 - distance(sign) / 1000


def _reach(sign: Sign) -> int:
    """Nexis counts the words between, we the positions: W/5 is NEAR/6."""
    return distance(sign) + 1


def _not_within(importing: Importing, sign: Sign, left: Node, right: Node) -> Node:
    return not_near(importing, sign, left, right, _reach(sign))


def _all_caps(importing: Importing, sign: Sign, part: Node) -> Node:
    if not isinstance(part, Term):
        raise importing.refuse(sign, "ALLCAPS takes one term", "write ALLCAPS(word)")
    return Term(text=part.text.upper(), case="exact")


def _word(importing: Importing, sign: Sign) -> Node:
    text = sign.text.strip(",;")
    if "*" in text:
        importing.warn(
            f"{sign.text}: a * is one letter or none in Nexis, a ? is exactly one in ours"
        )
    wild = text.replace("*", "?").replace("!", "*")
    if wild != text or "?" in wild:
        return Wild(text=wild)
    importing.warn(_PLURALS)
    return Term(text=text)


SYNTAX = Syntax(
    name="nexis",
    side_by_side="phrase",
    operators=(
        Operator(pattern=r"(?i:not\s+w/\d+)\b", binding=_by_distance, join=_not_within),
        Operator(pattern=r"(?i:w/s(?:ent)?)\b", binding=fixed(5), join=within("S")),
        Operator(pattern=r"(?i:w/p(?:ara)?)\b", binding=fixed(4), join=within("P")),
        Operator(pattern=r"(?i:(?:w|near|onear)/\d+)\b", binding=_by_distance, join=within(_reach)),
        Operator(
            pattern=r"(?i:pre/\d+)\b", binding=_by_distance, join=within(_reach, ordered=True)
        ),
        Operator(pattern=r"(?i:(?:and|but)\s+not)\b", binding=fixed(1), join=and_not),
        Operator(pattern=r"(?i:and)\b|&(?=\s)", binding=fixed(2), join=and_),
        Operator(pattern=r"(?i:or)\b", binding=fixed(7), join=or_),
    ),
    prefixes={
        r"(?i:headline|hl|title)(?=\()": in_field("title"),
        r"(?i:hlead|lead|lead-in)(?=\()": in_field("lead"),
        r"(?i:body|text)(?=\()": in_field("body"),
        r"(?i:language)(?=\()": filtered("lang"),
        r"(?i:publication|source|pub)(?=\()": filtered("source"),
        r"(?i:atleast\s*\d+)(?=\()": at_least,
        r"(?i:atl\d+)(?=\()": at_least,
        r"(?i:allcaps)(?=\()": _all_caps,
    },
    refused={
        r"(?i:w/seg)\b": "one segment: write title:(...) or lead:(...)",
        r"(?i:not\s+(?:w/s|w/p|pre/\d+|w/seg))\b": "write NOT NEAR/n, or AND NOT",
        r"(?i:caps|nocaps|singular|plural)(?=\()": 'write exact("Word") or anycase("word")',
        r"(?i:byline|term|subject|geographic|company|person|industry|ticker|section|cite)(?=\()": (
            "a code of Nexis: write actor:, place:, theme: or the words themselves"
        ),
        r"(?i:length)\s*[<>=(]": "length of a text: leave it out",
        r"(?i:date)\s*(?:\(|aft|bef|is|[<>=])": "dates: news is judged as it comes",
        r"#\w+#?": "relevance codes of Nexis: leave them out",
    },
    word=_word,
)
