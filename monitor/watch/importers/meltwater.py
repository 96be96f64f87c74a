"""Meltwater: NEAR, then NOT, AND, OR; words side by side are a phrase."""

from __future__ import annotations

from monitor.watch.importers.building import (
    and_,
    and_not,
    distance,
    fixed,
    or_,
    star_word,
    within,
)
from monitor.watch.importers.fields import filtered, in_field
from monitor.watch.importers.reading import Operator, Sign, Syntax

_DEFAULT_REACH = 4


def _reach(sign: Sign) -> int:
    return distance(sign) or _DEFAULT_REACH


SYNTAX = Syntax(
    name="meltwater",
    side_by_side="phrase",
    operators=(
        Operator(
            pattern=r"(?i:onear(?:/\d+)?)(?!\w)",
            binding=fixed(4),
            join=within(_reach, ordered=True),
        ),
        Operator(pattern=r"(?i:near(?:/\d+)?)(?!\w)", binding=fixed(4), join=within(_reach)),
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
