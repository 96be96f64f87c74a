"""What is said when a query is refused: what was found, and the fix, ready to paste."""

from __future__ import annotations

import re

from monitor.watch.tree import Filter, Node

NOT_COUNTABLE = (
    "atleast counts mentions of terms, phrases, actors and places",
    "write atleast(3, drone) or atleast(3, (drone OR uav))",
)


def not_near(shown: str) -> tuple[str, str]:
    """One side of a proximity has no place in the text."""
    return (
        f"{shown} joins terms, phrases, actors and places, or OR-groups of them",
        "write the rest outside, joined by AND",
    )


def same_sides(shown: str, side: str) -> tuple[str, str]:
    """Both sides of a proximity are the same."""
    return f"both sides of {shown} are the same", f"write atleast(2, {side})"


def chained(texts: list[str]) -> tuple[str, str]:
    """a NEAR/3 b NEAR/3 c; `texts` are its five pieces."""
    first, one, middle, *rest = texts
    other, last = rest[0], rest[1] if len(rest) > 1 else "..."
    return (
        f"found {one} and {other} in a row, which can be read in two ways",
        f"write one of\n    {first} {one} {middle} AND {middle} {other} {last}"
        f"\n    {first} {one} {middle} AND {first} {other} {last}",
    )


def nothing_before(operator: str) -> tuple[str, str]:
    """An operator without a left side."""
    return f"{operator} needs a term before it", f"leave {operator} out, or put it in quotes"


def nothing_after(operator: str) -> tuple[str, str]:
    """An operator without a right side."""
    return f"{operator} needs a term after it", f"leave {operator} out, or put it in quotes"


def mixed(joints: list[str], parts: list[str]) -> tuple[str, str]:
    """AND and OR on one level: both readings."""
    readings = (_grouped(joints, parts, "AND"), _grouped(joints, parts, "OR"))
    return (
        "found AND (or NOT) and OR without parentheses, which can be read in two ways",
        "write one of\n    " + "\n    ".join(readings),
    )


def _grouped(joints: list[str], parts: list[str], tighter: str) -> str:
    """The query with what `tighter` joins in parentheses."""
    groups, outer = [[parts[0]]], [""]
    for joint, part in zip(joints, parts[1:], strict=True):
        if joint == tighter:
            groups[-1].append(part)
        else:
            outer.append(f" {joint} ")
            groups.append([part])
    return "".join(
        joint + _in_parentheses(group, tighter) for joint, group in zip(outer, groups, strict=True)
    )


def _in_parentheses(group: list[str], joint: str) -> str:
    if len(group) == 1:
        return group[0]
    if joint == "OR" and group[0].startswith("NOT "):
        return f"NOT ({' OR '.join((group[0][4:], *group[1:]))})"
    return f"({f' {joint} '.join(group)})"


def side_by_side(query: str, left: int, right: int, end: int) -> tuple[str, str]:
    """Two words without an operator: the first begins at `left`, the second at `right`."""
    first, second = query[left:right].strip(), query[right:end]
    lower = second if second in ("and", "or", "not") else ""
    if lower:
        following = re.match(r'\s*("[^"]*"|[^\s()]+)', query[end:])
        last = following.group(1) if following else "..."
        return (
            f"found {lower} between words: operators are written in capitals",
            f"write {first} {lower.upper()} {last}" + _or_phrase(f"{first} {lower} {last}"),
        )
    return (
        "found two words side by side: one phrase, or both somewhere?",
        f"write {first} AND {second}" + _or_phrase(f"{first} {second}"),
    )


def _or_phrase(words: str) -> str:
    plain = words.replace('"', "")
    return f' or "{plain}"' if re.fullmatch(r"[\w\s.\-'’&]+", plain) else ""


def only_negative(node: Node) -> tuple[str, str]:
    """A branch that demands nothing of the text."""
    if isinstance(node, Filter):
        return (
            f"only {node.by}: would match everything from there",
            "add what to look for, joined by AND",
        )
    return (
        "a branch that only says what must not be there would match nearly everything",
        "add what to look for: ... AND NOT ...",
    )
