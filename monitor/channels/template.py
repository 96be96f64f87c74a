"""Templates: a JSON document of yours with places for what an alert says. No logic.

`${data.article.title}` in any text of it is replaced by what the webhook's own body has there. What
comes in can never become structure: texts are put into texts, and JSON is written afterwards. A
text that is one place and nothing else becomes what stands there, be it a list, a number or null.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from difflib import get_close_matches
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from pydantic import BeforeValidator

from monitor.channels.body import document, encoded
from monitor.channels.documents import DOCUMENTS
from monitor.channels.note import heading, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from monitor.model import Message

MAX_DEPTH: Final = 20

_TOKEN: Final = re.compile(r"\S{8,}")

_PLACE: Final = re.compile(r"\$(?:(\$)|\{([^{}]*)\})")
"""`$$` is a dollar sign; `${NAME}` a place; a dollar sign before anything else is itself."""

SHORT: Final = {
    "heading": "what it is of, in one line: the watch's title, or what a digest gathers",
    "text": "all of it in a few plain lines: headline, source and date, the sentences that say why,"
    " topics, link; of a digest each alert in a line",
}
"""Places beside the fields of the body: every kind of document has them."""


@cache
def places() -> tuple[str, ...]:
    """Every place that a template may name, in the order of the docs."""
    found = dict.fromkeys(SHORT)
    for kind in DOCUMENTS:
        found |= dict.fromkeys(["type", *_paths(kind)])
    return tuple(found)


def _paths(kind: type, before: str = "") -> Iterator[str]:
    """The dotted paths of a document's fields, down to those that lie in no list."""
    for field in msgspec.structs.fields(kind):
        path = f"{before}{field.encode_name}"
        yield path
        inner = getattr(field.type, "__origin__", field.type)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            yield from _paths(inner, f"{path}.")


def _read(value: object) -> object:
    """The template as plain values; what is written as a text is JSON. Raises ValueError."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            said = f"found a text that is no JSON ({error}), wanted a table, or JSON in a text"
            raise ValueError(said) from None
    if not isinstance(value, dict | list):
        said = "found neither table nor list, wanted a table, or JSON in a text"
        raise ValueError(said)  # noqa: TRY004  # pydantic makes a problem of it
    _check(value, MAX_DEPTH)
    return value


def _check(value: object, depth: int) -> None:
    if not depth:
        raise ValueError(f"found more than {MAX_DEPTH} tables within tables, wanted fewer")
    match value:
        case dict() | list():
            for each in value.values() if isinstance(value, dict) else value:
                _check(each, depth - 1)
        case str():
            for name in (found[2] for found in _PLACE.finditer(value) if not found[1]):
                _known(name)
        case date() | datetime() | time():
            raise ValueError(f"found the date {value}, wanted a text: JSON knows no dates")
        case float() if not isfinite(value):
            raise ValueError(f"found {value}, wanted a number that JSON knows")
        case _:
            pass


def _known(name: str) -> None:
    if name in places():
        return
    near = get_close_matches(name, places(), n=1, cutoff=0.6)
    hint = f" (did you mean ${{{near[0]}}}?)" if near else ""
    raise ValueError(f"found ${{{name}}}{hint}, wanted one of {', '.join(places())}; $$ is a $")


Template = Annotated[Any, BeforeValidator(_read)]
"""A table of channels.toml, or JSON in a text, whose places are all known."""


def filled(template: object, message: Message) -> bytes:
    """The template with what this alert or digest says in its places, as JSON."""
    return encoded(_filled(template, _said(message), str))


def sketched(template: object, message: Message) -> bytes:
    """The same for a person's eyes: what may be a token of the template's own is not shown."""
    return encoded(_filled(template, _said(message), _masked))


def _masked(text: str) -> str:
    """A text without places, if it could be a secret, by its first letters."""
    return f"{text[:2]}…" if _TOKEN.fullmatch(text) else text


def _said(message: Message) -> dict[str, object]:
    return {
        **document(message),
        "heading": heading(message),
        "text": "\n".join(lines(message)),
    }


def _filled(value: object, said: Mapping[str, object], plain: Callable[[str], str]) -> object:
    match value:
        case dict():
            return {name: _filled(each, said, plain) for name, each in value.items()}
        case list():
            return [_filled(each, said, plain) for each in value]
        case str():
            whole = _PLACE.fullmatch(value)
            if whole and not whole[1]:
                return _at(whole[2], said)
            if not _PLACE.search(value):
                return plain(value)
            return _PLACE.sub(lambda found: found[1] or _text(_at(found[2], said)), value)
        case _:
            return value


def _at(path: str, said: Mapping[str, object]) -> object:
    """What stands there; None where this kind of document has no such field."""
    value: object = said
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: object) -> str:
    """A value within a text: nothing for null, names side by side, all else as JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case list() if all(isinstance(each, str) for each in value):
            return ", ".join(value)
        case _:
            return json.dumps(value, ensure_ascii=False)
