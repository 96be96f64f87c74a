"""A note or post in Markdown: `.md`, `.markdown`, with or without front matter.

Front matter is what static site generators put on top: YAML between lines of `---`, or TOML
between lines of `+++`. Its keys are those of article JSON, with the same other names. Without a
title there, the first heading is the title. The body is the text without its marks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Final

import yaml

from monitor.errors import ParseError
from monitor.model import Article, SourceProblem
from monitor.sources.article_keys import Dump, read_one
from monitor.sources.markup import clean, line, plain
from monitor.sources.seed_bytes import decoded, whole

FRONT_CHARS: Final = 64 * 2**10

_FRONT: Final = re.compile(
    r"\A\ufeff?(---|\+\+\+)[ \t]*\n(.*?)^(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_FENCE: Final = re.compile(r"^ {0,3}(?:```|~~~).*$", re.MULTILINE)
_HEADING: Final = re.compile(
    r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*$|^(.+)\n {0,3}(?:=+|-+)$", re.MULTILINE
)
_RULE: Final = re.compile(r"^ {0,3}(?:[-*_][ \t]*){3,}$", re.MULTILINE)
_QUOTE: Final = re.compile(r"^ {0,3}(?:> ?)+", re.MULTILINE)
_BULLET: Final = re.compile(r"^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+(?=\S)", re.MULTILINE)
_TARGETS: Final = re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S.*$", re.MULTILINE)
_SHORTCODE: Final = re.compile(r"\{\{[<%].{0,500}?[%>]\}\}")
_PICTURE: Final = re.compile(r"!\[[^\]\n]{0,500}\](?:\([^()\n]{0,2000}\)|\[[^\]\n]{0,200}\])")
_LINK: Final = re.compile(r"\[([^\[\]\n]{1,1000})\](?:\([^()\n]{0,2000}\)|\[[^\]\n]{0,200}\])")
_AUTOLINK: Final = re.compile(r"<(https?://[^<>\s]{1,2000})>")
_EMPHASIS: Final = re.compile(r"(\*{1,3}|(?<!\w)_{1,3}|~~|`{1,2})(?=\S)([^\n]{1,300}?)(?<=\S)\1")
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+.!>~|-])")


def read(stream: BinaryIO, source: str, fetched: datetime) -> Iterator[Article | SourceProblem]:
    """The one article of the file. Raises ParseError for front matter that is misspelt."""
    text = clean(decoded(whole(stream)))
    front = _FRONT.match(text)
    given = dict(_front(front[1], front[2])) if front else {}
    text = text[front.end() :] if front else text
    if not any(str(key).lower() in {"title", "headline"} for key in given):
        given["title"], text = _titled(text)
    given["body"] = said(text)
    yield from read_one(given, Dump(source=source, fetched=fetched), "front matter")


def said(text: str) -> str:
    """What a text in Markdown says: paragraphs parted by one blank line, without marks."""
    text = _FENCE.sub("", _TARGETS.sub("", _SHORTCODE.sub("", text)))
    text = _HEADING.sub(lambda found: f"\n{found[1] or found[2] or ''}\n", text)
    text = _QUOTE.sub("", _RULE.sub("\n", text))
    text = _BULLET.sub("\n", text)
    text = _AUTOLINK.sub(r"\1", _LINK.sub(r"\1", _PICTURE.sub("", text)))
    for _ in range(3):  # emphasis inside emphasis
        text = _EMPHASIS.sub(r"\2", text)
    return plain(_ESCAPED.sub(r"\1", text))


def _titled(text: str) -> tuple[str, str]:
    """The first heading, if nothing but white space stands before it, and the rest."""
    found = _HEADING.search(text)
    if found is None or text[: found.start()].strip():
        return "", text
    return line(said(found[1] or found[2] or "")), text[found.end() :]


def _front(fence: str, text: str) -> Mapping[str, object]:
    """The keys of the front matter, as texts and lists.

    YAML is read without types: `language: no` is Norwegian, and a date is read like any other.
    """
    if len(text) > FRONT_CHARS:
        raise ParseError(f"found front matter of more than {FRONT_CHARS // 2**10} KiB, wanted less")
    try:
        found: object = (
            tomllib.loads(text) if fence == "+++" else yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader makes texts, lists and mappings only
        )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" at line {mark.line + 2} column {mark.column + 1}" if mark else ""
        raise ParseError(
            f"found front matter that is not YAML{place}: {error.problem}. Fix it there"
        ) from error
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        kind = "TOML" if fence == "+++" else "YAML"
        raise ParseError(f"found front matter that is not {kind}: {error}. Fix it there") from error
    if found in (None, ""):
        return {}
    if not isinstance(found, dict):
        raise ParseError("found front matter without keys, wanted lines such as `title: ...`")
    return {str(key): _untyped(value) for key, value in found.items()}


def _untyped(value: object) -> object:
    """TOML's own dates as text, which one layer reads for all formats; `` as missing."""
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return None if value == "" else value
