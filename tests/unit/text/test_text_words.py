"""What a text's words read as, and that every way back leads to the letters they came from."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.model import Field
from monitor.text import FIELD_STRIDE, FIELDS, Words, folded, line_of
from tests.unit.text.texts import reading


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("U.S.", "us"),
        ("U.S.A.", "usa"),
        ("p.m.", "pm"),
        ("al-Qaeda", "al qaeda"),
        ("al\u2011Qaeda", "al qaeda"),
        ("Shi'ite", "shi ite"),
        ("Shi\u2019ite", "shi ite"),
        ("O\u2019Neill\u2019s", "o neill"),
        ("Iran's", "iran"),
        ("Iran\u2019s", "iran"),
        ("São Paulo", "sao paulo"),
        ("Sa\u0303o Paulo", "sao paulo"),
        ("Erdoğan", "erdogan"),
        ("İSTANBUL", "istanbul"),
        ("Kadıköy", "kadikoy"),
        ("Straße", "strasse"),
        ("ﬁnance", "finance"),
        ("ＮＡＴＯ", "nato"),
        ("so\u00adft", "soft"),
        ("zero\u200bwidth", "zerowidth"),
        ("New\u00a0York", "new york"),
        ("New\nYork", "new york"),
        ("Œuvre Æsir Łódź Đà Nẵng", "oeuvre aesir lodz da nang"),
        ("AT&T", "at&t"),
        ("AT\ufe60T", "at&t"),
        ("bbc.co.uk", "bbc\x04co\x04uk"),
        ("3.5", "3 5"),
        ("said.The", "said the"),
        ("Σίσυφος ΣΊΣΥΦΟΣ", "σισυφοσ σισυφοσ"),
        ("إيران", "ايران"),
        ("الـقـاهـرة", "القاهرة"),
        ("がか\u3099", "がが"),
        ("\u1112\u1161\u11ab", "한"),
        ("Россия", "россия"),
        ("½", ""),
        ("“…”", ""),
    ],
)
def test_spellings_of_one_word_read_alike(written: str, read_as: str) -> None:
    assert folded(written) == read_as


@pytest.mark.parametrize(
    ("text", "pattern", "shown"),
    [
        ("the U.S. troops", b" us ", "U.S."),
        ("the U.S.A., they", b" usa ", "U.S.A."),
        ("in São Paulo’s port", b" sao paulo ", "São Paulo"),
        ("in Sa\u0303o Paulo", b" sao paulo ", "Sa\u0303o Paulo"),
        ("a cafe\u0301 bar", b" cafe ", "cafe\u0301"),
        ("die Straße dort", b" strasse ", "Straße"),
        ("ß ß ß end", b" end ", "end"),
        ("ﬁﬁ of\u00adﬁce work", b" work ", "work"),
        ("so\u00adft power", b" soft ", "so\u00adft"),
        ("al-Qaeda said", b" al qaeda ", "al-Qaeda"),
        ("London - New\u00a0York", b" new york ", "New\u00a0York"),
        ("В России сказали", " россии ".encode(), "России"),
        ("今天在北京市举行", "北京".encode(), "北京"),
        ("terrorists met", b" terror", "terrorists"),
    ],
)
def test_a_found_span_leads_back_to_the_original(text: str, pattern: bytes, shown: str) -> None:
    article = reading(body=text)

    (span,) = article.find(pattern)

    field, start, end = article.where(span)
    assert field is Field.BODY
    assert article.article.body[start:end] == shown
    assert article.original(span) == shown


def test_capitals_are_kept_beside_the_line() -> None:
    text = reading(title="NATO and İstanbul", body="Let US see us.")

    assert [text.cased(span) for span in text.find(b" us ")] == ["US", "us"]
    assert text.cased(text.find(b" istanbul ")[0]) == "Istanbul"
    assert len(text.line) == len(text.written)


def test_fields_are_far_apart_and_words_count_from_one_to_the_next() -> None:
    text = reading(title="one two", summary="three", body="four, five\n\nsix")

    spans = tuple(text.find(b" %b " % word)[0] for word in (b"one", b"two", b"four", b"six"))
    (one, _), (two, _), (four, _), (six, _) = text.positions(spans)

    assert two - one == 1
    assert four - two > FIELD_STRIDE
    assert six - four == 2
    assert [text.field_of(span) for span in spans] == [
        Field.TITLE,
        Field.TITLE,
        Field.BODY,
        Field.BODY,
    ]


def test_a_text_that_holds_our_own_marks_is_still_read() -> None:
    text = reading(title="a\x02b", body="c\x03d \x04 e")

    assert text.original(text.find(b" e ")[0]) == "e"
    assert text.field_of(text.find(b" b ")[0]) is Field.TITLE


def test_many_searches_find_what_single_ones_find() -> None:
    body = " ".join(f"word{number % 40} tail" for number in range(120))
    few, many = reading(body=body), reading(body=body)

    for number in range(40):
        many.find(b" word%d " % number)

    for pattern in (b" word7 tail ", b" word39 ", b" tail word3 ", b" tail"):
        assert many.find(pattern) == few.find(pattern)


TRICKY = st.text(
    st.sampled_from(
        "abUSusßﬁéÉİıœ .,'’-\u00ad\u200b\u0301\n\u00a0“”&$中文北がか\u3099داعشоЙΣς\x02\x03\x04ȺK…½"
    ),
    max_size=60,
)


@given(title=TRICKY, summary=TRICKY, body=TRICKY | st.text(max_size=40))
@example(title="", summary="", body="\ud800 a")
def test_every_word_leads_back_inside_its_field(title: str, summary: str, body: str) -> None:
    text = reading(title, summary, body)
    assert len(text.line) == len(text.written)
    texts = dict(zip(FIELDS, (title, summary, body), strict=True))

    for found in re.finditer(rb"[^ \x02]+", text.line):
        field, start, end = text.where(found.span())
        assert 0 <= start < end <= len(texts[field])
        if "\ud800" not in body:
            word = found.group().decode().replace("\x04", ".")
            assert folded(texts[field][start:end]).replace("\x04", "") in {
                word,
                word.replace(".", " "),
                word.replace(".", ""),
            }


@given(TRICKY)
@example("か\u200b\u3099")
@example("か\u0301\u3099")
@example("\u1112\u200b\u1161\u11ab")
def test_folding_twice_changes_nothing(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert line_of(text).startswith(b" ")


def test_what_only_we_write_into_a_line_is_a_blank_in_other_texts() -> None:
    assert Words(" a\x04b ").line == b" a b "


def test_how_far_apart_spans_stand_is_told_either_way_round() -> None:
    text = Words(" A drone.\nThe bomb fell. It was a drone. ")
    (first, last), (bomb,) = text.find(b" drone "), text.find(b" bomb ")

    assert text.apart(first, bomb) == text.apart(bomb, first) == (1, 0, 6)
    assert text.apart(bomb, last) == (0, 1, 16)
    assert text.apart(first, first) == (0, 0, 0)
