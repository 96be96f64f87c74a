"""Fields and filters of other systems, as ours."""

from __future__ import annotations

from monitor.watch.importers.building import choice
from monitor.watch.importers.reading import Importing, Sign, Wrap
from monitor.watch.tree import Filter, FilterKind, InField, Node, Or, Scope, Term

_LANGUAGES = {
    "arabic": "ar", "chinese": "zh", "dutch": "nl", "english": "en", "french": "fr", "german": "de",
    "italian": "it", "japanese": "ja", "korean": "ko", "polish": "pl", "portuguese": "pt",
    "russian": "ru", "spanish": "es", "turkish": "tr", "ukrainian": "uk",
}  # fmt: skip


def in_field(scope: Scope) -> Wrap:
    """The operand, looked for in one field."""

    def wrap(_importing: Importing, _sign: Sign, part: Node) -> Node:
        return InField(scope=scope, part=part)

    return wrap


def filtered(by: FilterKind) -> Wrap:
    """The operand is the value of a filter; an OR-group of values is one of filters."""

    def wrap(importing: Importing, sign: Sign, part: Node) -> Node:
        values = part.parts if isinstance(part, Or) else (part,)
        texts = [value.text for value in values if isinstance(value, Term)]
        if len(texts) < len(values):
            raise importing.refuse(sign, f"{sign.text} takes names", "write one name, or names OR")
        if by == "source":
            importing.warn(
                f"{sign.text}{' OR '.join(texts)}: write the ids or names of sources as feeds.toml"
                " has them"
            )
        if by == "lang":
            texts = [_LANGUAGES.get(text.lower(), text.lower()) for text in texts]
        return choice(tuple(Filter(by=by, value=text) for text in texts))

    return wrap
