"""Which spellings name a subject, and when does a word of the text count as that name?

The case rule (DESIGN, section 5): names ignore case and accents, but
- all-capital ones of 2 or 3 letters ("US", "U.S.", "WHO") match capitals only;
- of actors and places, a word written with a capital matches only words that hold a capital;
- `exact` names match as written, case and accents.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, assert_never

from monitor.lexicon.scripts import patterns
from monitor.model import Actor, Place, SubjectKind, Theme
from monitor.text import PLAIN, Reading, Span, Words

_SHORT = range(2, 4)
_NO_PLURAL = ("s", "sh", "ch", "x", "z", "ese")


class Case(Enum):
    """How a name minds capitals."""

    ANY = "any"
    SOME = "some"  # words written with a capital need one
    ALL = "all"  # capitals only
    EXACT = "exact"  # as written


# To look a member up in its class takes longer than the question that is asked of it.
_ANY: Final = Case.ANY
_SOME: Final = Case.SOME
_ALL: Final = Case.ALL
_EXACT: Final = Case.EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One spelling of one subject.

    `capitals` says for each of its words whether it needs one; `written` is how the line has an
    exact name, which tells most places that differ without a look at the article's own text, and
    most names with capitals, which tells most that are right without a look at each word.
    """

    kind: SubjectKind
    id: str
    text: str
    case: Case
    capitals: tuple[bool, ...] = ()
    written: bytes = b""
    weight: float = 1.0
    demonym: bool = False

    @property
    def needs_capital(self) -> bool:
        """Whether words without any capital can never be the name."""
        match self.case:
            case Case.ANY:
                return False
            case Case.SOME | Case.ALL:
                return True
            case Case.EXACT:
                return self.written != self.written.lower()
            case _:
                assert_never(self.case)

    def accepts(self, reading: Reading, span: Span) -> bool:
        """Whether the words at `span`, which spell the name but for case and accents, are it."""
        case = self.case
        if case is _SOME:
            as_known = self.written and self.written == reading.written[span[0] : span[1]]
            return bool(as_known) or _has_capitals(self.capitals, reading, span)
        if case is _ANY:
            return True
        if case is _ALL:
            return reading.cased(span).isupper() and not _is_currency(reading, span)
        if case is _EXACT:
            return self.written == reading.written[span[0] : span[1]] and (
                _as_written(reading.original(span)) == _as_written(self.text)
            )
        assert_never(case)


def is_initialism(text: str) -> bool:
    """Whether a name or term is all capitals, 2 or 3 letters: US, UN, WHO, U.S."""
    letters = text.replace(".", "").strip()
    return len(letters) in _SHORT and letters.isalpha() and letters.isupper()


def written_of(subject: Actor | Place | Theme) -> Iterator[str]:
    """Every name or term of a subject; `patterns` says how each is looked for.

    All that `spellings` spells, without the work of making names: most are never met.
    """
    match subject:
        case Actor() | Place():
            yield from _own_names(subject)
            for text in subject.demonyms:
                yield text
                if _has_plural(text):
                    yield text + "s"
            yield from subject.exact
        case Theme():
            for text, _ in (*subject.terms, *subject.negative):
                yield text
        case _:
            assert_never(subject)


def spellings(subject: Actor | Place | Theme) -> Iterator[tuple[bytes, Name]]:
    """Every name of one subject with each pattern of the line that spells it."""
    match subject:
        case Actor():
            return _proper_names("actor", subject)
        case Place():
            return _proper_names("place", subject)
        case Theme():
            return _theme_terms(subject)
        case _:
            assert_never(subject)


def _proper_names(kind: SubjectKind, subject: Actor | Place) -> Iterator[tuple[bytes, Name]]:
    for text in _own_names(subject):
        yield from _spelled(_proper(kind, subject.id, text))
    for text in subject.demonyms:
        yield from _spelled(_proper(kind, subject.id, text, demonym=True))
        if _has_plural(text):
            yield from _spelled(_proper(kind, subject.id, text + "s", demonym=True))
    for text in subject.exact:
        written = Words(f" {text} ").written.strip()
        yield from _spelled(
            Name(kind=kind, id=subject.id, text=text, case=Case.EXACT, written=written)
        )


def _own_names(subject: Actor | Place) -> Iterable[str]:
    return filter(None, dict.fromkeys((subject.name, subject.short, *subject.aliases)))


def _has_plural(demonym: str) -> bool:
    return demonym[-1:].isalpha() and not demonym.lower().endswith(_NO_PLURAL)


def _proper(kind: SubjectKind, subject_id: str, text: str, *, demonym: bool = False) -> Name:
    if is_initialism(text):
        return Name(kind=kind, id=subject_id, text=text, case=Case.ALL, demonym=demonym)
    capitals = capitals_of(text)
    return Name(
        kind=kind,
        id=subject_id,
        text=text,
        case=Case.SOME if any(capitals) else Case.ANY,
        capitals=capitals,
        written=text.encode() if PLAIN.fullmatch(text) else b"",
        demonym=demonym,
    )


def capitals_of(text: str) -> tuple[bool, ...]:
    """For each word of a name, as the line counts words, whether it holds a capital."""
    if PLAIN.fullmatch(text):
        return tuple(not word.islower() for word in text.split())
    words = Words(f" {text} ")
    pairs = zip(words.written.split(), words.line.split(), strict=True)
    return tuple(word != lower for word, lower in pairs)


def _theme_terms(theme: Theme) -> Iterator[tuple[bytes, Name]]:
    for text, weight in theme.terms:
        yield from _spelled(_term(theme.id, text, weight))
    for text, weight in theme.negative:
        yield from _spelled(_term(theme.id, text, -abs(weight)))


def _term(theme_id: str, text: str, weight: float) -> Name:
    case = Case.ALL if is_initialism(text) else Case.ANY
    return Name(kind="theme", id=theme_id, text=text, case=case, weight=weight)


def _spelled(name: Name) -> Iterator[tuple[bytes, Name]]:
    for pattern in patterns(name.text):
        yield pattern, name


def _has_capitals(needed: tuple[bool, ...], reading: Reading, span: Span) -> bool:
    start, end = span
    written, line = reading.written[start:end], reading.line[start:end]
    if len(needed) == 1 or written == line:
        return written != line
    words = zip(written.split(b" "), line.split(b" "), needed, strict=False)
    return all(word != lower for word, lower, need in words if need)


def _is_currency(reading: Reading, span: Span) -> bool:
    """Whether it is the US of "US$5"."""
    if not reading.is_before(span, "$"):
        return False
    field, _, end = reading.where(span)
    return reading.article.text(field)[end : end + 1] == "$"


def _as_written(text: str) -> str:
    plain = unicodedata.normalize("NFC", text).replace("\u2019", "'").replace("\u00a0", " ")
    return " ".join(plain.replace("\u00ad", "").split())
