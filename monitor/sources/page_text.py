"""A scraped page saved as plain text: `.txt`.

There is no markup to go by, only lines. What a page shows around its article (menus, log-in, lists
of other stories) is dropped; title, author, date, section, dateline and the publisher's tags are
recovered where the page says them. They are guesses, good ones; a `Title:`/`Date:`/`URL:` block at
the top of the file is taken at its word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import BinaryIO, Final

from monitor.model import Article, Origin, SourceProblem
from monitor.sources.dates import read_date
from monitor.sources.markup import clean
from monitor.sources.page_byline import Byline, byline_of, names_in, without_dateline
from monitor.sources.page_headers import headers_of, without_tags
from monitor.sources.page_lines import (
    Run,
    article_run,
    is_furniture,
    is_link,
    is_paragraph,
    prose_score,
    sentence_ends,
    unwrapped,
    word_count,
)
from monitor.sources.seed_bytes import decoded, whole
from monitor.sources.seed_id import derived_id

_FOOTNOTE: Final = re.compile(r"\[\d{1,3}\]")
_SECTION: Final = re.compile(r"\bin ([^\W\d_][\w& -]{2,30})$")
_CRUMB: Final = re.compile(r"\s+[>»›→]\s+")
_GLUED: Final = re.compile(r"^(?:[a-zß-ÿ]+ ){0,3}[a-zß-ÿ]{4,}(?=[A-ZÀ-Þ\"“])")
_CAPTION: Final = re.compile(
    r"\b(?:photo|image|picture|foto|getty|credit|caption)\b|[©/]", re.IGNORECASE
)
_TITLE_NEAR: Final = 10  # lines above the byline or body in which the title stands
_TITLE_WORDS: Final = range(3, 31)


def read(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """The one article of a text page."""
    headers, lines = headers_of(_lines(decoded(whole(stream))))
    rest, tags = without_tags(unwrapped(lines))
    page = _taken(rest) if headers.get("title") else _guessed(rest, fetched)
    written = headers.get("date")
    published = read_date(written, now=fetched) if written else page.published
    title, url = headers.get("title") or page.title, headers.get("url")
    body = "\n\n".join(page.body)
    author = headers.get("author")
    yield Article(
        id=headers.get("id") or derived_id(url=url, title=title, published=published, body=body),
        source=headers.get("source") or source,
        url=url,
        title=title,
        summary=headers.get("summary") or page.summary,
        body=body,
        published=published,
        authors=names_in(author) if author else page.authors,
        language=headers.get("language"),
        tags=tuple(dict.fromkeys(headers.tags + tags)),
        section=headers.get("section") or page.section,
        dateline=page.dateline,
        fetched=fetched,
        origin=Origin.SEED,
    )
    if written and not published:
        found = f"found the date {written[:40]!r}, wanted one such as 2014-06-13 or June 13, 2014"
        yield SourceProblem(source=source, where="header Date", found=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What the lines of a page say."""

    title: str = ""
    summary: str = ""
    body: tuple[str, ...] = ()
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    dateline: str | None = None


def _lines(text: str) -> list[str]:
    """The lines of a text, white space of all kinds (also NBSP) as single spaces."""
    return [" ".join(line.split()) for line in clean(text).split("\n")]


def _taken(lines: Sequence[str]) -> _Page:
    """The page of a file with a header block: all below it is the article."""
    dateline, body = without_dateline(_paragraphs(lines))
    return _Page(body=body, dateline=dateline)


def _guessed(lines: Sequence[str], fetched: datetime) -> _Page:
    """The page of a file that is only lines."""
    run = _run_of([line for line in lines if line], fetched)
    place, byline = _byline_in(run.head, fetched)
    zone = run.head if byline is None else run.head[:place]
    title_at = _title_place(zone, fetched)
    title = "" if title_at is None else _unglued(zone[title_at])
    dateline, body = without_dateline(_paragraphs(run.body))
    return _Page(
        title=title,
        summary=_standfirst(zone[title_at + 1 :]) if title_at is not None else "",
        body=body,
        published=_published(run, byline, fetched),
        authors=byline.authors if byline else (),
        section=_section(run.head, byline),
        dateline=dateline,
    )


def _run_of(lines: Sequence[str], fetched: datetime) -> Run:
    """Head, body and tail; furniture gone from the body, short paragraphs at its ends added.

    Where no line looks like prose (a note of ten words), the first line is head, the rest body.
    """
    run = article_run([line for line in lines if sentence_ends(line) or not is_furniture(line)])
    if not run.body:
        return Run(head=tuple(lines[:1]), body=tuple(lines[1:]), tail=())
    start, end = _body_start(run.head, fetched), _body_end(run.tail)
    body = (*run.head[start:], *run.body, *run.tail[:end])
    return Run(
        head=run.head[:start],
        body=tuple(line for line in body if not is_link(line)),
        tail=run.tail[end:],
    )


def _body_start(head: Sequence[str], fetched: datetime) -> int:
    """Where in the head the body begins after all; behind the head if nowhere.

    A link below the first paragraph parts it from the others. It is the first paragraph below
    byline and date; without those, prose in the last three lines with a title above.
    """
    marks = [
        place
        for place, line in enumerate(head)
        if byline_of(line, fetched) or _is_date_line(line, fetched)
    ]
    if marks:
        below = range(marks[-1] + 1, len(head))
        return next((place for place in below if is_paragraph(head[place])), len(head))
    for place in range(max(len(head) - 3, 1), len(head)):
        titled = any(word_count(line) in _TITLE_WORDS for line in head[:place])
        if titled and prose_score(head[place]) > 0:
            return place
    return len(head)


def _body_end(tail: Sequence[str]) -> int:
    """How many lines of the tail belong to the body after all.

    Short paragraphs right below it, and prose below one link. A line of three words and less is no
    link but the heading of something else ("Latest news", "About the author").
    """
    end = len(tuple(takewhile(is_paragraph, tail)))
    if end + 1 < len(tail) and word_count(tail[end]) > 3 and prose_score(tail[end + 1]) > 0:
        end += 2
    return end


def _paragraphs(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines that say something, without footnote marks like [54]."""
    return tuple(bare for line in lines if (bare := " ".join(_FOOTNOTE.sub("", line).split())))


def _byline_in(head: Sequence[str], fetched: datetime) -> tuple[int, Byline | None]:
    """The byline nearest the body, and its place."""
    for place in range(len(head) - 1, -1, -1):
        if byline := byline_of(head[place], fetched):
            return place, byline
    return len(head), None


def _published(run: Run, byline: Byline | None, fetched: datetime) -> datetime | None:
    """The date nearest the byline: in it, above the body, in its first lines, right below it."""
    near = (
        *((byline.rest,) if byline else ()),
        *run.head[::-1][:12],
        *(line for line in run.body[:2] if word_count(line) <= 12),
        *run.tail[:5],
    )
    dates = (read_date(line, now=fetched) for line in near)
    return next((date for date in dates if date), None)


def _section(head: Sequence[str], byline: Byline | None) -> str | None:
    """What a byline says behind its date ("in World"), else the last crumb of "Home > World"."""
    if byline and (found := _SECTION.search(byline.rest)):
        return found[1]
    crumbs = [crumb for line in head if len(crumb := _CRUMB.split(line)) > 1]
    return crumbs[-1][-1] if crumbs else None


def _title_place(zone: Sequence[str], fetched: datetime) -> int | None:
    """Which line is the title: the most headline-like near the byline or body, or None."""
    near = [
        place
        for place in range(max(len(zone) - _TITLE_NEAR, 0), len(zone))
        if not _is_no_title(zone[place], fetched)
    ]
    proper = [place for place in near if word_count(zone[place]) in _TITLE_WORDS]
    if proper:
        return max(proper, key=lambda place: (_headline_score(zone[place]), -place))
    return near[-1] if near else None


def _is_no_title(line: str, fetched: datetime) -> bool:
    """Whether a line is furniture, breadcrumbs or a date."""
    return is_furniture(line) or bool(_CRUMB.search(line)) or _is_date_line(line, fetched)


def _is_date_line(line: str, fetched: datetime) -> bool:
    """Whether a line says when it was published and little else."""
    return word_count(line) <= 8 and read_date(line, now=fetched) is not None


def _headline_score(line: str) -> int:
    """Nine words are as good as thirty; a full stop, a colon and a picture credit speak against."""
    score = min(word_count(line), 9)
    if line.endswith((".", ":", "…")):
        score -= 6
    if _CAPTION.search(line):
        score -= 5
    return score


def _unglued(title: str) -> str:
    """The title without a picture's description that runs into it ("article imageU.S. and ...").

    Four small letters or more, then a capital without a space: "iPhone" and "eBay" stay whole.
    """
    return _GLUED.sub("", title, count=1)


def _standfirst(lines: Sequence[str]) -> str:
    """The sentences between title and byline."""
    return " ".join(
        line
        for line in lines
        if word_count(line) >= 6 and sentence_ends(line) and not is_furniture(line)
    )
