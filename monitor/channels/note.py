"""A note: an alert or digest in a few lines, for chats and templates, in text, Markdown or HTML.

Every word of a stranger is escaped for the markup it stands in, and what would call everybody in a
chat ("@everyone") is broken with a character nobody sees. A note that is too long loses whole lines
from the middle, never its headline or its link.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from monitor.channels import gathered
from monitor.channels.marking import Piece
from monitor.channels.note_rows import (
    Row,
    heading,
    in_digest,
    link_row,
    not_seen,
    of_alert,
    said,
    uncalled,
    uncalling,
)
from monitor.channels.outline import in_turns, watch_of
from monitor.channels.render import headline, titled, watch_title
from monitor.channels.safe import clip
from monitor.model import Digest, Rest

if TYPE_CHECKING:
    from datetime import tzinfo

    from monitor.model import Message

__all__ = ["Markup", "Note", "heading", "lines", "note_of", "written"]

Markup = Literal["text", "markdown", "html"]

MAX_OTHERS = 5

_MARKDOWN: Final = re.compile(r"[\\`*_\[\]<>~|#&]")
_BEGINS_BLOCK: Final = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+=]))")
_BETWEEN: Final = {"text": "\n", "markdown": "\n\n", "html": "<br />\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is said first, what may be left out, from its end on, and what is said last.

    Of a digest `watches` are ids and titles of the watches of the blocks, `rest` is what is in none
    of them, and `unseen` what is of no watch that is known.
    """

    head: tuple[Row, ...]
    blocks: tuple[tuple[Row, ...], ...]
    tail: tuple[Row, ...]
    watches: tuple[tuple[str, str], ...] = ()
    rest: tuple[Rest, ...] = ()
    unseen: int = 0

    def left_out(self, shown: int) -> tuple[str, ...]:
        """How many more of which watch there are than in the first blocks, a line each."""
        left = {each.watch: each for each in self.rest}
        for watch, title in self.watches[shown:]:
            before = left.get(watch, Rest(watch=watch, title=title, count=0))
            left[watch] = replace(before, title=title, count=before.count + 1)
        most = sorted(left.values(), key=lambda each: -each.count)
        unseen = (gathered.unknown(self.unseen),) if self.unseen else ()
        return (*(f"… {more}" for more in (*gathered.others(most, MAX_OTHERS), *unseen)),)


def lines(message: Message, zone: tzinfo = UTC) -> tuple[str, ...]:
    """All of it as plain lines, without the heading."""
    note = note_of(message, zone)
    rows = (*note.head, *(row for block in note.blocks for row in block))
    shown = tuple(_row(row, "text") for row in rows)
    return (*shown, *note.left_out(len(note.blocks)), *(_row(row, "text") for row in note.tail))


def note_of(message: Message, zone: tzinfo = UTC) -> Note:
    """The alert or digest as a note; times are shown in the zone."""
    if not isinstance(message, Digest):
        return Note(
            head=(Row(words=headline(message), strong=True),),
            blocks=tuple(of_alert(message, zone)),
            tail=tuple(link_row(message.article.url)),
        )
    alerts, why = in_turns(message), gathered.reason(message) if message.watch else ""
    known = len(message.alerts) + sum(each.count for each in message.rest)
    return Note(
        head=tuple(said(text) for text in (why, gathered.paused(message, zone)) if text),
        blocks=tuple(in_digest(alert, zone) for alert in alerts),
        tail=tuple(not_seen(message.gaps, zone)),
        watches=tuple((watch_of(alert), watch_title(alert)) for alert in alerts),
        rest=tuple(replace(r, title=titled(r.title, r.watch)) for r in message.rest),
        unseen=max(message.count - known, 0),
    )


def written(note: Note, markup: Markup, *, at_most: int, title: str = "") -> str:
    """The note in at most so many characters; `title` is put before it where it has no other place.

    Only where even head and tail are too long are words cut, and then no markup is left.
    """
    between = _BETWEEN[markup]
    head = ((Row(words=(Piece(text=title),), strong=True),) if title else ()) + note.head
    first = [_row(row, markup) for row in head]
    last = [_row(row, markup) for row in note.tail]
    blocks = [between.join(_row(row, markup) for row in block) for block in note.blocks]
    for shown in range(len(blocks), -1, -1):
        more = (_escaped(uncalling(left), markup) for left in note.left_out(shown))
        text = between.join([*first, *blocks[:shown], *more, *last])
        if len(text) <= at_most:
            return text
    return _bare(note, markup, title, at_most)


def _bare(note: Note, markup: Markup, title: str, at_most: int) -> str:
    """What fits of heading and headline, without markup."""
    parts = [title] if title else []
    parts += ["".join(piece.text for piece in row.words) for row in note.head if row.words]
    words, kept = uncalling(" · ".join(parts)), at_most
    while len(text := _escaped(clip(words, kept), markup)) > at_most and kept > 1:
        kept -= max(1, len(text) - at_most)
    return text[:at_most]


def _row(row: Row, markup: Markup) -> str:
    if row.url:
        return _linked(row.url.replace("@", "%40"), markup)
    words = "".join(_piece(piece, markup, strong=row.strong) for piece in uncalled(row.words))
    if markup == "markdown":
        words = _BEGINS_BLOCK.sub(r"\1\\", words)
    return _strong(words, markup) if row.strong else words


def _piece(piece: Piece, markup: Markup, *, strong: bool) -> str:
    text = _escaped(piece.text, markup)
    return _strong(text, markup) if piece.marked and not strong else text


def _strong(text: str, markup: Markup) -> str:
    """Bold, where there is such a thing; spaces at the ends stay outside, or Markdown sees none."""
    inside = text.strip()
    if markup == "text" or not inside:
        return text
    opening, closing = ("**", "**") if markup == "markdown" else ("<b>", "</b>")
    before, _, after = text.partition(inside)
    return f"{before}{opening}{inside}{closing}{after}"


def _linked(url: str, markup: Markup) -> str:
    if markup == "text":
        return url
    host = urlsplit(url).hostname or "link"
    if markup == "html":
        return f'<a href="{html.escape(url)}">{html.escape(host)}</a>'
    return f"[{host}]({url.replace('(', '%28').replace(')', '%29')})"


def _escaped(text: str, markup: Markup) -> str:
    match markup:
        case "text":
            return text
        case "markdown":
            return _MARKDOWN.sub(r"\\\g<0>", text)
        case "html":
            return html.escape(text)
