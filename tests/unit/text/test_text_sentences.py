"""Where sentences and paragraphs end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Field
from tests.unit.text.texts import reading


def sentences(body: str) -> list[str]:
    text = reading(body=body)
    return [text.sentence_text(sentence) for sentence in text.sentences]


@pytest.mark.parametrize(
    "one",
    [
        "The U.S. Navy sailed.",
        "Gen. Hossein Salami spoke.",
        "It struck No. 5 reactor.",
        "It was No. 5 of nine.",
        "Martin Luther King Jr. Boulevard was shut.",
        "Mr. and Mrs. Ito left.",
        "George W. Bush spoke.",
        "They met at 5 a.m. Monday.",
        "It ended at 9 p.m. local time.",
        "It grew 3.5 percent.",
        "Yahoo! said it would.",
        "“Leave now!” he said.",
        "Acme Corp. Chairman Ito left.",
        "See bbc.co.uk for more.",
        "On Jan. 5 it rained.",
        "Lt.-Gen. Ito spoke.",
        "He waited ... and left.",
    ],
)
def test_these_are_one_sentence(one: str) -> None:
    assert sentences(one) == [one]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It rained. The sun came.", ["It rained.", "The sun came."]),
        ("He left the U.S. The door shut.", ["He left the U.S.", "The door shut."]),
        ("They met at 5 p.m. He left.", ["They met at 5 p.m.", "He left."]),
        ("He is King Jr. She is not.", ["He is King Jr.", "She is not."]),
        ("“Go!” She went.", ["“Go!”", "She went."]),
        ("He said “no.” Then he left.", ["He said “no.”", "Then he left."]),
        ("Why? Because.", ["Why?", "Because."]),
        ("It is new. York said so.", ["It is new.", "York said so."]),
        ("he said.The end", ["he said.", "The end"]),
        ("他在北京。今天下雨。", ["他在北京。", "今天下雨。"]),
        ("It stopped… Nobody knew.", ["It stopped…", "Nobody knew."]),
        ("A heading\nThe war went on.", ["A heading", "The war went on."]),
    ],
)
def test_these_are_several(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


def test_paragraphs_are_counted_over_all_fields() -> None:
    text = reading(
        title="One\nline", summary="Short. Two.", body="First. Still first.\n\nSecond.\nThird."
    )

    assert [(s.index, s.field, s.paragraph) for s in text.sentences] == [
        (0, Field.TITLE, 0),
        (1, Field.SUMMARY, 1),
        (2, Field.SUMMARY, 1),
        (3, Field.BODY, 2),
        (4, Field.BODY, 2),
        (5, Field.BODY, 3),
        (6, Field.BODY, 4),
    ]


def test_a_wrapped_line_goes_on() -> None:
    wrapped = "The delegation left for the long talks in New\nYork on Monday, officials said."

    assert sentences(wrapped) == [wrapped]
    assert sentences("It went on and\nnobody came.") == ["It went on and\nnobody came."]


def test_blank_lines_always_part_paragraphs() -> None:
    text = reading(body="One line without an end\n \n\n  and another")

    assert [s.paragraph for s in text.sentences] == [0, 1]


def test_the_sentence_of_an_offset() -> None:
    text = reading(title="Title.", body="  One. Two.")

    assert text.sentence_at(Field.BODY, 0).start == 2
    assert text.sentence_text(text.sentence_at(Field.BODY, 8)) == "Two."
    assert text.sentence_at(Field.TITLE, 3).index == 0


def test_the_lead_is_two_paragraphs() -> None:
    assert reading(body="").lead_end == 0
    assert reading(body="One.").lead_end == 4
    assert reading(body="One.\n\nTwo.\n\nThree.").lead_end == 10


def test_a_phrase_does_not_cross_a_sentence_end() -> None:
    text = reading(body="It is new. York said. The U.S. Navy in St. Louis. 北京。 上海")

    assert not text.in_one_sentence(text.find(b" new york ")[0])
    assert text.in_one_sentence(text.find(b" us navy ")[0])
    assert text.in_one_sentence(text.find(b" st louis ")[0])
    assert not text.in_one_sentence(text.find("北京 上海".encode())[0])


@given(st.text(st.sampled_from("ab AU.!?…。\n\"'”No5"), max_size=80))
def test_sentences_are_in_order_and_hold_all_that_is_written(body: str) -> None:
    text = reading(body=body)
    at = 0
    for index, sentence in enumerate(text.sentences):
        assert sentence.index == index
        assert at <= sentence.start < sentence.end <= len(body)
        assert not body[at : sentence.start].strip()
        assert text.sentence_at(Field.BODY, sentence.start) == sentence
        assert text.sentence_at(Field.BODY, sentence.end - 1) == sentence
        at = sentence.end
    assert not body[at:].strip()
    paragraphs = [sentence.paragraph for sentence in text.sentences]
    assert paragraphs == sorted(paragraphs)
    assert set(paragraphs) == set(range(len(set(paragraphs))))


def test_marks_without_words_end_no_sentence_of_their_own() -> None:
    text = reading(body=". One.\n\n\n.\n\nTwo.")

    shown = [text.sentence_text(sentence) for sentence in text.sentences]

    assert "One." in shown
    assert shown[-1] == "Two."


def test_a_place_is_its_sentence_and_where_its_paragraph_begins() -> None:
    text = reading(title="A title", body="One two. Three.\n\nFour.\nFive.\n\n\n\nSix. Seven.")

    places = [
        text.place_of(text.find(b" %b " % word)[0]) for word in (b"title", b"three", b"seven")
    ]

    assert [(p.field, p.start, p.end, p.paragraph) for p in places] == [
        (Field.TITLE, 0, 7, 0),
        (Field.BODY, 9, 15, 0),
        (Field.BODY, 37, 43, 32),
    ]


@given(st.text(alphabet="Ab. !\n中。", max_size=60))
def test_places_are_the_sentences_that_numbering_finds(body: str) -> None:
    text = reading(body=body)

    for span in (*text.find(b" a "), *text.find(b" ab "), *text.find(b" b ")):
        place, sentence = text.place_of(span), text.sentence_of(span)
        assert (place.field, place.start, place.end) == (
            sentence.field,
            sentence.start,
            sentence.end,
        )


def test_a_title_is_one_paragraph_however_its_lines_are_broken() -> None:
    found = reading(title="Iran talks\n\nresume. They met").sentences

    assert [sentence.paragraph for sentence in found] == [0, 0]
