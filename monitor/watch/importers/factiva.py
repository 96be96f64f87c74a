"""Factiva, free text search: proximity, then atleast and fields, then NOT, AND, OR."""

from __future__ import annotations

from monitor.watch.importers.building import (
    and_,
    and_not,
    at_least,
    distance,
    fixed,
    or_,
    star_word,
    within,
)
from monitor.watch.importers.fields import filtered, in_field
from monitor.watch.importers.reading import Importing, Operator, Sign, Syntax
from monitor.watch.tree import Node, Wild


def _one_at_least(sign: Sign) -> int:
    return distance(sign) or 1


def _word(importing: Importing, sign: Sign) -> Node:
    head, dollar, _ = sign.text.partition("$")
    if dollar:
        importing.warn(f"{sign.text}: ours cannot bound how many letters follow; {head}* is wider")
        return Wild(text=f"{head}*")
    return star_word(importing, sign)


SYNTAX = Syntax(
    name="factiva",
    side_by_side="phrase",
    operators=(
        Operator(pattern=r"(?i:near\d+)\b|/[nN]\d+/", binding=fixed(5), join=within(distance)),
        Operator(
            pattern=r"(?i:adj\d*)\b|(?i:w/\d+)\b",
            binding=fixed(5),
            join=within(_one_at_least, ordered=True),
        ),
        Operator(pattern=r"(?i:same)\b", binding=fixed(5), join=within("P")),
        Operator(pattern=r"(?i:(?:and\s+)?not)\b", binding=fixed(3), join=and_not),
        Operator(pattern=r"(?i:and)\b", binding=fixed(2), join=and_),
        Operator(pattern=r"(?i:or)\b", binding=fixed(1), join=or_),
    ),
    prefixes={
        r"(?i:hd=)": in_field("title"),
        r"(?i:hlp=|lp=|hl=)": in_field("lead"),
        r"(?i:la=)": filtered("lang"),
        r"(?i:sn=|rst=)": filtered("source"),
        r"(?i:atleast\d+)": at_least,
    },
    refused={
        r"(?i:(?:re|ns|co|in|by|an|pd|se|de|clm|art|cr|vol|pg|ed|ct|rf|cx|so|pub|fds|ipd|ipc)=)": (
            "a code of Factiva: write place:, actor:, theme: or the words themselves"
        ),
        r"/[fF]\d+/": "first words of a text: write lead:(...)",
        r"(?i:wc\s*[<>])": "length of a text: leave it out",
        r"(?i:date)\b": "dates: news is judged as it comes",
        r"%": "exactly one word: write THEN/2 between its neighbours",
    },
    word=_word,
)
