"""What kind of word is this: an operator, a term, or something that must be refused?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.watch.tree import Reach

_BARE = re.compile(r"[\w.\-'’‐‑&]+")
_WILD = re.compile(r"[\w*?]+")
_REACH = re.compile(r"(NEAR|THEN)/(\d{1,9}|S|P)")
_NEARLY_REACH = re.compile(r"(near|then)(?:/?(\d+|[sp]))?", re.IGNORECASE)
_FOREIGN = re.compile(
    r"(?:W|PRE|ADJ|ONEAR|NEXT|N|/)/?(\d+)|(?:W|NEAR|PRE)/(?:S|P|SENT|PARA)", re.IGNORECASE
)
MAX_REACH = 255


@dataclass(frozen=True, slots=True)
class Joint:
    """A proximity operator."""

    reach: Reach
    ordered: bool


@dataclass(frozen=True, slots=True)
class Odd:
    """A word that is refused: what was found, and the fix."""

    problem: str
    fix: str


Operator: TypeAlias = Literal["AND", "OR", "NOT"] | Joint


def is_bare(text: str) -> bool:
    """Whether a term can be written without quotes and is read as one word."""
    return bool(_BARE.fullmatch(text)) and not text.startswith("-") and operator(text) is None


def is_wild(text: str) -> bool:
    """Whether a bare word holds `*` or `?`."""
    return "*" in text or "?" in text


def operator(text: str) -> Operator | Odd | None:
    """The operator a bare word is; Odd for what only looks like one; None for other words."""
    match text:
        case "AND" | "OR" | "NOT":
            return text
    found = _REACH.fullmatch(text)
    if found:
        return _joint(found)
    return _odd_operator(text)


def odd_word(text: str) -> Odd | None:
    """Why a bare word that is no operator is refused, if it is."""
    if text[0] in "-+!":
        return Odd(f"found {text}", f"to exclude a word write AND NOT {text[1:] or 'word'}")
    if is_wild(text):
        return _odd_wildcard(text)
    if not _BARE.fullmatch(text):
        return Odd(
            f"found {text}, which holds a sign that words do not", f'put it in quotes: "{text}"'
        )
    return None


def _joint(found: re.Match[str]) -> Joint | Odd:
    name, reach = found.groups()
    if reach in ("S", "P"):
        return Joint("S" if reach == "S" else "P", name == "THEN")
    if not 1 <= int(reach) <= MAX_REACH:
        return Odd(
            f"found {found.group()}, wanted 1 to {MAX_REACH} words",
            f"write {name}/{MAX_REACH if int(reach) else 1}, or {_units(name)}",
        )
    return Joint(int(reach), name == "THEN")


def _units(name: str) -> str:
    return f"{name}/S for one sentence, {name}/P for one paragraph"


def _odd_operator(text: str) -> Odd | None:
    nearly = _NEARLY_REACH.fullmatch(text)
    if nearly and (nearly.group(2) or text.isupper()):
        name, reach = nearly.group(1).upper(), (nearly.group(2) or "5").upper()
        return Odd(
            f"found {text}, wanted a distance" if text.isupper() else f"found {text}",
            f"write {name}/{reach}, or {_units(name)}",
        )
    if text in ("&&", "||", "&", "|"):
        return Odd(f"found {text}", f"write {'AND' if '&' in text else 'OR'}")
    foreign = _FOREIGN.fullmatch(text)
    if foreign and "/" in text:
        reach = foreign.group(1) or "S"
        return Odd(
            f"found {text}, an operator of another language",
            f"write NEAR/{reach} (any order) or THEN/{reach} (in order)",
        )
    return None


def _odd_wildcard(text: str) -> Odd | None:
    if not _WILD.fullmatch(text):
        return Odd(
            f"found {text}: a wildcard stands in a single word",
            "write the word alone, such as terror*",
        )
    first = re.split(r"[*?]", text)[0]
    if len(first) < 3:
        return Odd(
            f"found {text}: a wildcard needs at least 3 letters before it",
            "write more of the word, or the words you mean joined by OR",
        )
    return None
