"""Reading: one article's text, read once. What the lexicon and the watches look things up in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias
from unicodedata import combining

from monitor.model import Article, Field, Sentence
from monitor.text.fold import FIELD_BREAK, without_signs
from monitor.text.sentences import split, split_one_paragraph
from monitor.text.words import Span, Words

FIELDS = (Field.TITLE, Field.SUMMARY, Field.BODY)
FIELD_STRIDE = 1_000_000
"""Word positions of two fields differ by at least this, so proximity never crosses fields."""

Placed: TypeAlias = tuple[int, int, int, int]
"""The number of a field in `FIELDS`, start and end in its text, the index of the sentence."""

_BREAK = f" {FIELD_BREAK} "
_SENTENCE_SIGNS = frozenset(".!?…。！？｡\n")


@dataclass(frozen=True, slots=True)
class _FieldCuts:
    """The sentences of one field, and what was counted before them."""

    first: int
    first_paragraph: int
    starts: list[int]
    all: list[tuple[int, int, int]]


class Place(NamedTuple):
    """The sentence that something stands in, known by where it and its paragraph begin."""

    field: Field
    start: int
    end: int
    paragraph: int


class Reading(Words):
    """An article with its words in a row (`line`) and the ways back to its text.

    All but the line is worked out when first asked for. Offsets in spans count in the line; offsets
    given out (`where`, `sentences`) count code points in the original text of a field.
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self._texts = article.title, article.summary, article.body
        self._text_of = dict(zip(FIELDS, self._texts, strict=True))
        self._sentences: dict[tuple[Field, int], Sentence] = {}
        self._chunks: dict[tuple[Field, int], tuple[list[int], list[Place]]] = {}
        self._places: dict[Span, Place] = {}
        self._where: dict[Span, tuple[Field, int, int]] = {}
        super().__init__(f" {_BREAK.join(map(without_signs, self._texts))} ")

    def positions(self, spans: tuple[Span, ...]) -> list[tuple[int, int]]:
        """(first, last) word position of each span; spans in order of the text."""
        count, gaps, seen, at = self.line.count, [], 0, 0
        breaks = self._breaks
        for start, end in spans:
            seen += count(b" ", at, start) if start >= at else -count(b" ", start, at)
            at = start
            first = seen + FIELD_STRIDE * ((start > breaks[0]) + (start > breaks[1]))
            gaps.append((first, first + count(b" ", start, end)))
        return gaps

    @cached_property
    def _breaks(self) -> tuple[int, int]:
        mark = FIELD_BREAK.encode()
        first = self.line.index(mark)
        return first, self.line.index(mark, first + 1)

    def field_of(self, span: Span) -> Field:
        """The field a span stands in."""
        return FIELDS[self._field_number(span)]

    def _field_number(self, span: Span) -> int:
        breaks = self._breaks
        return (span[0] > breaks[0]) + (span[0] > breaks[1])

    def where(self, span: Span) -> tuple[Field, int, int]:
        """Field, start and end of a span in the original text."""
        known = self._where.get(span)
        if known is None:
            start, end = self._offsets(span)
            number = self._field_number(span)
            base = self._bases[number]
            widened = _widened(self._texts[number], start - base, end - base)
            known = self._where[span] = FIELDS[number], start - base, widened
        return known

    def placed(self, spans: Iterable[Span]) -> list[Placed]:
        """Where many spans stand in the original text, and in which sentences."""
        texts, (_, summary, body) = self._texts, self._bases
        cuts = tuple(self._cuts.values())
        found: list[Placed] = []
        for start, end in self._all_offsets(spans):
            number = (start >= summary) + (start >= body)
            base, text, cut = self._bases[number], texts[number], cuts[number]
            start -= base
            end -= base
            after = text[end : end + 1]
            if after == "." or after > "\x7f":
                end = _widened(text, start, end)
            at = bisect_right(cut.starts, start)
            found.append((number, start, end, cut.first + at - (at > 0)))
        return found

    @cached_property
    def _bases(self) -> tuple[int, int, int]:
        summary = 1 + len(self.article.title) + len(_BREAK)
        return 1, summary, summary + len(self.article.summary) + len(_BREAK)

    def text(self, field: Field) -> str:
        """The article's own text of a field."""
        return self._text_of[field]

    def original(self, span: Span) -> str:
        """The article's own text of a span."""
        field, start, end = self.where(span)
        return self._text_of[field][start:end]

    @cached_property
    def _cuts(self) -> dict[Field, _FieldCuts]:
        """The sentences of each field as bare numbers: most articles never need more."""
        cuts: dict[Field, _FieldCuts] = {}
        index = paragraph = 0
        for field in FIELDS:
            text = self._text_of[field]
            found = split_one_paragraph(text) if field is Field.TITLE else split(text)
            cuts[field] = _FieldCuts(index, paragraph, [start for start, _, _ in found], found)
            index += len(found)
            paragraph += found[-1][2] + 1 if found else 0
        return cuts

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences: of the title, the summary, the body in turn."""
        return tuple(
            self._sentence(field, at)
            for field in FIELDS
            for at in range(len(self._cuts[field].all))
        )

    @cached_property
    def sentence_counts(self) -> tuple[int, ...]:
        """How many sentences title, summary and body have."""
        return tuple([len(cuts.all) for cuts in self._cuts.values()])

    def sentence_texts(self) -> list[str]:
        """The texts of all sentences, in the order of their indexes."""
        return [
            text[start:end]
            for text, cuts in zip(self._texts, self._cuts.values(), strict=True)
            for start, end, _ in cuts.all
        ]

    def sentence_start(self, field: Field, offset: int) -> tuple[int, int]:
        """The index of the sentence that holds an offset of a field, and where it starts."""
        cuts = self._cuts[field]
        at = max(0, bisect_right(cuts.starts, offset) - 1)
        return cuts.first + at, cuts.starts[at]

    def sentence(self, index: int) -> Sentence:
        """The sentence of that index."""
        title, summary, _ = self.sentence_counts
        if index < title:
            return self._sentence(Field.TITLE, index)
        if index < title + summary:
            return self._sentence(Field.SUMMARY, index - title)
        return self._sentence(Field.BODY, index - title - summary)

    def _sentence(self, field: Field, at: int) -> Sentence:
        known = self._sentences.get((field, at))
        if known is None:
            cuts = self._cuts[field]
            start, end, paragraph = cuts.all[at]
            known = self._sentences[field, at] = Sentence(
                index=cuts.first + at,
                field=field,
                start=start,
                end=end,
                paragraph=cuts.first_paragraph + paragraph,
            )
        return known

    def sentence_at(self, field: Field, start: int) -> Sentence:
        """The sentence that holds an offset of a field; a blank belongs to the one before."""
        return self._sentence(field, max(0, bisect_right(self._cuts[field].starts, start) - 1))

    def sentence_of(self, span: Span) -> Sentence:
        """The sentence a span begins in."""
        field, start, _ = self.where(span)
        return self.sentence_at(field, start)

    def sentence_text(self, sentence: Sentence) -> str:
        """The sentence as the article has it."""
        return self._text_of[sentence.field][sentence.start : sentence.end]

    def place_of(self, span: Span) -> Place:
        """The sentence a span begins in, without numbering it.

        Only the text between two blank lines is split for it: for one match in an article 5 µs, not
        the 60 that all sentences take.
        """
        known = self._places.get(span)
        if known is None:
            field, start, _ = self.where(span)
            known = self._places[span] = self.place_at(field, start)
        return known

    def place_at(self, field: Field, start: int) -> Place:
        """The same for an offset of a field."""
        text = self._text_of[field]
        blank_line = text.rfind("\n\n", 0, start)
        begin = blank_line + 2 if blank_line >= 0 and field is not Field.TITLE else 0
        chunk = self._chunks.get((field, begin))
        if chunk is None:
            places = _places(field, text, begin)
            chunk = self._chunks[field, begin] = [place.start for place in places], places
        starts, places = chunk
        return places[max(0, bisect_right(starts, start) - 1)]

    def in_one_sentence(self, span: Span) -> bool:
        """Whether no sentence ends inside a span."""
        if _SENTENCE_SIGNS.isdisjoint(self.plain(span)):
            return True
        field, start, end = self.where(span)
        return self.place_at(field, start) is self.place_at(field, end - 1)

    @cached_property
    def lead_end(self) -> int:
        """The offset in the body behind its second paragraph, where the lead ends."""
        body = self._cuts[Field.BODY].all
        return max((end for _, end, paragraph in body if paragraph < 2), default=0)


def _widened(text: str, start: int, end: int) -> int:
    """Takes in the accents of a last letter and the last dot of an acronym."""
    after = text[end : end + 1]
    while after > "\x7f" and combining(after):
        end += 1
        after = text[end : end + 1]
    return end + 1 if after == "." and end - 2 > start and text[end - 2] == "." else end


def _places(field: Field, text: str, begin: int) -> list[Place]:
    """The sentences of the text from `begin`, up to the next blank line."""
    if field is Field.TITLE:
        return [Place(field, start, end, 0) for start, end, _ in split_one_paragraph(text)]
    stop = text.find("\n\n", begin)
    found = split(text[begin : stop if stop >= 0 else len(text)])
    first: dict[int, int] = {}
    return [
        Place(field, begin + start, begin + end, first.setdefault(paragraph, begin + start))
        for start, end, paragraph in found
    ]


def read(article: Article) -> Reading:
    """Reads an article's text once; everything later is looked up in what this gives."""
    return Reading(article)
