"""What importers build with: operators and words of other systems, as nodes of our tree."""

from __future__ import annotations

import re
from collections.abc import Callable

from monitor.text import folded
from monitor.watch.importers.reading import Importing, Join, Sign
from monitor.watch.tree import (
    AtLeast,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Reach,
    Term,
    Wild,
    all_of,
    any_of,
    stands_somewhere,
)
from monitor.watch.words import MAX_REACH


def and_(_importing: Importing, _sign: Sign, left: Node, right: Node) -> Node:
    """Both."""
    return all_of([left, right])


def or_(_importing: Importing, _sign: Sign, left: Node, right: Node) -> Node:
    """Either."""
    return any_of([left, right])


def and_not(_importing: Importing, _sign: Sign, left: Node, right: Node) -> Node:
    """The left one without the right one."""
    return all_of([left, Not(part=right)])


def distance(sign: Sign) -> int:
    """The number in an operator such as w/5."""
    return int(re.sub(r"\D", "", sign.text) or 0)


def near(
    importing: Importing, sign: Sign, left: Node, right: Node, reach: Reach, *, ordered: bool
) -> Node:
    """A proximity of ours; refuses what may not stand beside one."""
    for side in (left, right):
        if not stands_somewhere(side):
            raise importing.refuse(
                sign,
                f"{sign.text} joins more than terms, phrases and OR-groups of them",
                "write it as several proximities, joined by AND",
            )
    if isinstance(reach, int) and not 1 <= reach <= MAX_REACH:
        raise importing.refuse(
            sign, f"found {reach} words, wanted 1 to {MAX_REACH}", "write /S or /P instead"
        )
    return Near(left=left, right=right, reach=reach, ordered=ordered)


def within(reach: Reach | Callable[[Sign], Reach], *, ordered: bool = False) -> Join:
    """Joins two sides by a proximity: one that is always the same, or that its operator says."""

    def join(importing: Importing, sign: Sign, left: Node, right: Node) -> Node:
        far = reach(sign) if callable(reach) else reach
        return near(importing, sign, left, right, far, ordered=ordered)

    return join


def not_near(importing: Importing, sign: Sign, left: Node, right: Node, reach: Reach) -> Node:
    """The left one without the right one near it."""
    close = near(importing, sign, left, right, reach, ordered=False)
    assert isinstance(close, Near)
    return NotNear(left=left, right=right, reach=reach)


def at_least(importing: Importing, sign: Sign, part: Node) -> Node:
    """At least so many mentions; one is no more than the term."""
    if distance(sign) < 2:
        return part
    if not stands_somewhere(part):
        raise importing.refuse(
            sign, f"{sign.text} counts more than terms", "count one term or OR-group"
        )
    return AtLeast(count=distance(sign), part=part)


def star_word(importing: Importing, sign: Sign) -> Node:
    """A word in which `*` and `?` mean what they do in ours."""
    text = sign.text.strip(",;")
    if "*" in text or "?" in text:
        return Wild(text=text)
    if not folded(text):
        raise importing.refuse(sign, f"found {sign.text}, which holds no letter", "leave it out")
    return Term(text=text)


def fixed(binding: float) -> Callable[[Sign], float]:
    """A binding that is always the same."""
    return lambda _sign: binding


def choice(parts: tuple[Node, ...]) -> Node:
    """The parts joined by OR."""
    return parts[0] if len(parts) == 1 else Or(parts=parts)
