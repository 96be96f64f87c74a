"""Do many spans led back at once stand where each of them stands?"""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text import FIELDS, Reading, Span
from tests.unit.text.texts import reading as read

_TEXTS = {
    "plain": "Iraq's army left Mosul. The U.S. said so. It was told twice.",
    "accents": "São Paulo é grande. Die Straße in Köln ist lang. L’été – fini.",
    "wide letters": "Großbritannien und Preußen. Œuvre ﬁnale. Straße.",
    "other scripts": "Москва сказала. 東京で会った。 الرياض قالت. Moscow and the U.S. agreed.",
    "soft hyphens": "The govern\u00adment of U.S.A. fell.\n\nA new para\u00adgraph.",
    "nothing": "",
}


def _words(reading: Reading) -> list[Span]:
    # the signs between fields are no words
    return [found.span() for found in re.finditer(rb"[^ \x02]+", reading.line)]


def _assert_same(reading: Reading, spans: list[Span]) -> None:
    placed = reading.placed(spans)
    assert len(placed) == len(spans)
    for span, (field, start, end, sentence) in zip(spans, placed, strict=True):
        assert (FIELDS[field], start, end) == reading.where(span)
        assert sentence == reading.sentence_of(span).index


@pytest.mark.parametrize("title", _TEXTS.values(), ids=_TEXTS)
@pytest.mark.parametrize("body", _TEXTS.values(), ids=_TEXTS)
def test_many_spans_stand_where_each_of_them_does(title: str, body: str) -> None:
    reading = read(title, "A summary in Köln. " + body, body)
    words = _words(reading)
    pairs = [(one[0], other[1]) for one, other in pairwise(words)]
    within = [pair for pair in pairs if b"\x02" not in reading.line[pair[0] : pair[1]]]
    _assert_same(reading, words)
    _assert_same(reading, within)
    _assert_same(reading, words[::-1])


@given(st.lists(st.sampled_from([*"abz.é ßœ東-'\u00ad\n", "U.S. ", ". The "]), max_size=60))
def test_so_they_do_in_any_text(letters: list[str]) -> None:
    reading = read("A title.", "", "".join(letters))
    _assert_same(reading, _words(reading))


def test_sentences_by_index_are_those_of_the_whole_list() -> None:
    reading = read(_TEXTS["plain"], _TEXTS["accents"], _TEXTS["soft hyphens"])
    assert [reading.sentence(at) for at in range(len(reading.sentences))] == [*reading.sentences]
    assert reading.sentence_texts() == [reading.sentence_text(s) for s in reading.sentences]
    assert sum(reading.sentence_counts) == len(reading.sentences)
    for sentence in reading.sentences:
        assert reading.sentence_start(sentence.field, sentence.start) == (
            sentence.index,
            sentence.start,
        )
