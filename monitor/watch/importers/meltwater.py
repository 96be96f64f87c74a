"""Meltwater: NEAR, then NOT, AND, OR; words side by side are a phrase."""

from __future__ import annotations

from monitor.watch.importers.fields import filtered, in_field
from monitor.watch.importers.reading import (
    Importing,
    Operator,
    Sign,
    Syntax,
    and_,
    and_not,
    distance,
    fixed,
    near,
    or_,
    star_word,
)
from monitor.watch.tree import Node

_DEFAULT_REACH = 4


def _near(importing: Importing, sign: Sign, left: Node, right: Node) -> Node:
    return near(importing, sign, left, right, distance(sign) or _DEFAULT_REACH, ordered=False)


def _in_order(importing: Importing, sign: Sign, left: Node, right: Node) -> Node:
    return near(importing, sign, left, right, distance(sign) or _DEFAULT_REACH, ordered=True)


SYNTAX = Syntax(
    name="meltwater",
    side_by_side="phrase",
    operators=(
        Operator(pattern=r"(?i:onear(?:/\d+)?)(?!\w)", binding=fixed(4), join=_in_order),
        Operator(pattern=r"(?i:near(?:/\d+)?)(?!\w)", binding=fixed(4), join=_near),
        Operator(pattern=r"(?i:(?:and\s+)?not)\b", binding=fixed(3), join=and_not),
        Operator(pattern=r"(?i:and)\b", binding=fixed(2), join=and_),
        Operator(pattern=r"(?i:or)\b", binding=fixed(1), join=or_),
    ),
    prefixes={
        r"(?i:title:)": in_field("title"),
        r"(?i:ingress:)": in_field("lead"),
        r"(?i:body:)": in_field("body"),
        r"(?i:language:)": filtered("lang"),
        r"(?i:country:)": filtered("country"),
        r"(?i:sourcename:|source:)": filtered("source"),
    },
    refused={r"\{|\}": "case signs: write exact(...)"},
    unknown={
        r"[A-Za-z]+:(?=\S)": "a field of Meltwater: ours are title:, lead:, body:, source:, lang:",
    },
    word=star_word,
)
