"""How lines are put on a terminal or into a log: margins, wrapping, colours."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.text import Text

    from monitor.channels.marking import Words
    from monitor.model import Severity

# Names of the terminal's own palette only, so that it reads on dark and on light.
COLOUR: Final[Mapping[Severity, str]] = {
    "low": "bright_black",
    "normal": "cyan",
    "high": "yellow",
    "critical": "red",
}
_BADGE: Final[Mapping[Severity, str]] = {
    "low": "bright_black",
    "high": "bold black on yellow",
    "critical": "bold bright_white on red",
}
_MARK = "bold magenta"

Line = tuple["Text", "Text", bool]
"""A margin, what stands on the line, and whether it may break (a link may not: it is copied)."""


def put(lines: Iterable[Line], *, columns: int | None, colour: bool) -> str:
    """The lines and an empty one; wrapped when `columns` is given."""
    from rich.console import Console  # 30 ms to import, and only people need it
    from rich.text import Text

    paper = StringIO()
    console = Console(
        file=paper,
        force_terminal=colour,
        color_system="standard" if colour else None,
        width=10_000,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for margin, text, breaks in lines:
        rows = [text]
        if columns is not None and breaks:
            rows = list(text.wrap(console, columns - len(margin)))
        for row in rows:
            row.rstrip()
            console.print(Text.assemble(margin, row), soft_wrap=True)
    console.print()
    return paper.getvalue()


def badge(severity: Severity) -> Text:
    """An unusual severity, coloured; nothing for a normal one."""
    from rich.text import Text

    text = Text()
    if style := _BADGE.get(severity):
        text.append(f" {severity.upper()} ", style=style).append(" ")
    return text


def styled(words: Words, style: str) -> Text:
    """The words in a style, matched ones in that of marks."""
    from rich.text import Text

    text = Text(style=style)
    for piece in words:
        text.append(piece.text, style=_MARK if piece.marked else None)
    return text
