"""What a web page says of itself: JSON-LD first, then OpenGraph, then plain meta elements.

Publishers write these for search engines and check them, so they are truer than what can be read
off the page's looks: on 253 pages of 41 countries title 0.90 and authors 0.82 right, against 0.87
and 0.78 for guessing from the text (docs/decisions.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from monitor.sources.links import web_link
from monitor.sources.markup import line, plain

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLE_TYPES: Final = ("Article", "Posting", "Report", "Reportage", "Review")
_META_TITLE: Final = ("og:title", "twitter:title", "dc.title", "dcterms.title")
_META_SUMMARY: Final = ("og:description", "description", "twitter:description", "dc.description")
_META_PUBLISHED: Final = (
    *("article:published_time", "og:article:published_time", "datepublished", "date"),
    *("dc.date", "dcterms.created", "dc.date.issued", "publishdate", "pubdate"),
    *("parsely-pub-date", "sailthru.date"),
)
_META_AUTHOR: Final = ("author", "article:author", "dc.creator", "parsely-author", "byl")
_META_TAGS: Final = ("article:tag", "og:article:tag", "news_keywords", "parsely-tags", "keywords")
_META_SECTION: Final = ("article:section", "og:article:section", "parsely-section")
_META_LANGUAGE: Final = ("og:locale", "dc.language", "content-language", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMetadata:
    """What the page says, as it says it; None or empty where it does not. Text without markup."""

    title: str = ""
    summary: str = ""
    body: str = ""
    url: str | None = None
    published: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    section: str | None = None
    language: str | None = None
    site: str | None = None
    dateline: str | None = None


def page_metadata(tree: HtmlElement) -> PageMetadata:
    """The metadata of a parsed page."""
    said, meta = _article_object(tree), _meta(tree)
    return PageMetadata(
        title=_first(_texts(said.get("headline")), _of(meta, _META_TITLE)) or "",
        summary=_first(_texts(said.get("description")), _of(meta, _META_SUMMARY)) or "",
        body=plain(said["articleBody"]) if isinstance(said.get("articleBody"), str) else "",
        url=_address(tree, said, meta),
        published=_first(_texts(said.get("datePublished")), _of(meta, _META_PUBLISHED)),
        authors=_names(_texts(said.get("author")), _of(meta, _META_AUTHOR)),
        tags=_tags(said, meta),
        section=_first(_texts(said.get("articleSection")), _of(meta, _META_SECTION)),
        language=_language(tree, said, meta),
        site=_first(_texts(said.get("publisher")), _of(meta, ("og:site_name",))),
        dateline=_first(_texts(said.get("dateline"))),
    )


def _article_object(tree: HtmlElement) -> Mapping[str, Any]:
    """The JSON-LD object that is the article; empty without one."""
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
            for value in _objects(_json(script.text or "")):
                if any(name.endswith(_ARTICLE_TYPES) for name in _texts(value.get("@type"))):
                    return value
    return {}


def _json(text: str) -> object:
    """The value, or None: pages hold broken JSON, too, and HTML comments around it."""
    bare = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        value: object = json.loads(bare, strict=False)
    except (ValueError, RecursionError):
        return None
    return value


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    """The objects of a JSON-LD document: alone, in a list, or in a graph."""
    if isinstance(value, list):
        for one in value:
            yield from _objects(one)
    elif isinstance(value, dict):
        yield value
        yield from _objects(value.get("@graph"))
        yield from _objects(value.get("mainEntity"))


def _meta(tree: HtmlElement) -> Mapping[str, tuple[str, ...]]:
    """Name or property of each meta element, in lower case -> its contents in order."""
    found: dict[str, tuple[str, ...]] = {}
    for element in tree.iter("meta"):
        content = line(element.get("content") or "")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name and content:
                found[name] = (*found.get(name, ()), content)
    return found


def _of(meta: Mapping[str, tuple[str, ...]], names: Iterable[str]) -> tuple[str, ...]:
    """The contents of the first of these meta elements that has any."""
    return next((meta[name] for name in names if name in meta), ())


def _texts(value: object) -> tuple[str, ...]:
    """The texts in a JSON-LD value: a text, an object's name or id, or a list of those."""
    if isinstance(value, str):
        return (text,) if (text := line(value)) else ()
    if isinstance(value, dict):
        return _texts(value.get("name") or value.get("@id"))
    if isinstance(value, list):
        return tuple(text for one in value if not isinstance(one, list) for text in _texts(one))
    return ()


def _first(*choices: tuple[str, ...]) -> str | None:
    return next((choice[0] for choice in choices if choice), None)


def _names(*choices: tuple[str, ...]) -> tuple[str, ...]:
    """The first choice that names people: addresses of profiles are no names, "By" is no part."""
    for choice in choices:
        names = [name for name in choice if "://" not in name and not name.startswith("@")]
        if names:
            return tuple(dict.fromkeys(name.removeprefix("By ").strip() for name in names))
    return ()


def _tags(said: Mapping[str, Any], meta: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The publisher's tags; one text of many is parted at its commas."""
    listed = _texts(said.get("keywords")) or _of(meta, _META_TAGS)
    parted = listed[0].split(",") if len(listed) == 1 else listed
    return tuple(dict.fromkeys(tag for one in parted if (tag := one.strip())))


def _address(
    tree: HtmlElement, said: Mapping[str, Any], meta: Mapping[str, tuple[str, ...]]
) -> str | None:
    """The page's own address: canonical link, og:url, JSON-LD; absolute ones only."""
    canonical = tuple(
        element.get("href") or ""
        for element in tree.iter("link")
        if "canonical" in (element.get("rel") or "").lower().split()
    )
    named = (*_of(meta, ("og:url",)), *_texts(said.get("url")))
    main = said.get("mainEntityOfPage")
    main_page = (main,) if isinstance(main, str) else _texts(main)
    found = (web_link(link) for link in (*canonical, *named, *main_page) if link)
    return next((link for link in found if link), None)


def _language(
    tree: HtmlElement, said: Mapping[str, Any], meta: Mapping[str, tuple[str, ...]]
) -> str | None:
    """BCP 47: JSON-LD, the html element, meta; `en_GB` is en-GB."""
    root = tuple(lang for lang in (tree.get("lang"),) if lang)
    name = _first(_texts(said.get("inLanguage")), root, _of(meta, _META_LANGUAGE))
    return name.replace("_", "-").split(",")[0].strip() if name else None
