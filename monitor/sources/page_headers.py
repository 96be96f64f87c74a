"""What a text page says of itself in so many words: a header block, and its lines of tags."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_HEADER: Final = re.compile(r"([A-Za-z]{2,9})\s*:\s*(\S.*)")
_KEYS: Final = {
    "id": "id",
    "title": "title",
    "headline": "title",
    "date": "date",
    "published": "date",
    "url": "url",
    "link": "url",
    "source": "source",
    "author": "author",
    "authors": "author",
    "by": "author",
    "section": "section",
    "tags": "tags",
    "keywords": "tags",
    "language": "language",
    "lang": "language",
    "summary": "summary",
}
_TELLING: Final = frozenset({"title", "date", "url"})  # a block holds one of these, or is none
_FENCE: Final = "---"  # as front matter has it
_ADDRESS: Final = re.compile(r"https?://\S+", re.IGNORECASE)

# How publishers head their tags. Words that also begin sentences need a colon; the phrases do not.
_TAG_WORDS: Final = (
    "tags?|tagged|topics?|related topics|keywords?|categor(?:y|ies)|filed under|more (?:about|on)"
    "|themen|schlag(?:wörter|worte)|stichwörter|mots[- ]clés?|sujets?|étiquettes|etiquetas|temas"
    "|palabras clave|palavras-chave|parole chiave|argomenti|onderwerpen|trefwoorden|tagi|etiketler"
    "|теги|метки|темы|وسوم|الوسوم|كلمات مفتاحية|مواضيع|标签|關鍵詞|关键词|タグ|キーワード"
)
_TAG_LINE: Final = re.compile(
    rf"(?:(?P<word>{_TAG_WORDS})\s*[:：]|(?:filed under|more (?:about|on)|tagged)\s)"
    r"\s*(?P<tags>.*)",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(r"\s*[,;|•·，、،؛]\s*|\s+/\s+")
_HASHTAGS: Final = re.compile(r"(?:[#＃][^\W_][\w-]*\s*)+")
_TAG_WORDS_AT_MOST: Final = 6
_TAGS_AT_MOST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The header block of a text page: our key -> value; empty when there is none."""

    values: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    def get(self, key: str) -> str | None:
        """The value of one key, or None."""
        return self.values.get(key)


def headers_of(lines: Sequence[str]) -> tuple[Headers, Sequence[str]]:
    """The header block at the top, and the lines below it.

    A block is one or more `Key: value` lines of which one gives title, date or address; or an
    address alone on the first line.
    """
    start = next((place for place, line in enumerate(lines) if line and line != _FENCE), len(lines))
    if start < len(lines) and _ADDRESS.fullmatch(lines[start]):
        return Headers(values={"url": lines[start]}), lines[start + 1 :]
    values: dict[str, str] = {}
    behind = start
    for line in lines[start:]:
        found = _HEADER.fullmatch(line)
        key = _KEYS.get(found[1].lower()) if found else None
        if not found or not key:
            break
        values.setdefault(key, found[2])
        behind += 1
    if not _TELLING & values.keys():
        return Headers(), lines
    if behind < len(lines) and lines[behind] == _FENCE:
        behind += 1
    return Headers(values=values, tags=_tags_in(values.get("tags", ""))), lines[behind:]


def without_tags(lines: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The lines less those that list the publisher's tags, and these tags in order."""
    kept: list[str] = []
    tags: list[str] = []
    for line in _heads_joined(lines):
        listed = _listed(line)
        tags += listed
        if not listed:
            kept.append(line)
    return kept, tuple(dict.fromkeys(tags))


def _heads_joined(lines: Sequence[str]) -> list[str]:
    """The lines, with a lone "Tags:" and the next line of words on one line."""
    joined: list[str] = []
    for line in lines:
        head = next((above for above in reversed(joined) if above), "")
        found = _TAG_LINE.fullmatch(head)
        if line and found and not found["tags"]:
            while joined.pop() != head:
                pass
            joined.append(f"{head} {line}")
        else:
            joined.append(line)
    return joined


def _listed(line: str) -> tuple[str, ...]:
    """The tags of one line; none if it is no line of tags."""
    if _HASHTAGS.fullmatch(line):
        return tuple(re.findall(r"[#＃]([^\s#＃]+)", line))
    found = _TAG_LINE.fullmatch(line)
    tags = _tags_in(found["tags"]) if found else ()
    # "More about Iraq" is a tag line, "More about this story" is a link.
    named = found and (found["word"] or len(tags) > 1 or (tags and not tags[0][0].islower()))
    return tags if named else ()


def _tags_in(text: str) -> tuple[str, ...]:
    """The tags of a list in one line; none if one of them is too long for a tag."""
    tags = tuple(tag for one in _SEPARATOR.split(text) if (tag := one.strip(" .#＃")))
    if len(tags) > _TAGS_AT_MOST or any(len(tag.split()) > _TAG_WORDS_AT_MOST for tag in tags):
        return ()
    return tags
