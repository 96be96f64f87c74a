"""Marked titles and sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels import render
from monitor.channels.marking import bare, plain
from monitor.channels.render import MAX_SENTENCE_CHARS, headline, quotes
from monitor.model import Alert, Evidence, Field

RAIN = "Rain fell on the hills. The river rose over night. Two bridges were closed by the river."


def found(word: str, sentence: str, text: str = RAIN, field: Field = Field.BODY) -> Evidence:
    begins = text.index(sentence)
    start = begins + sentence.index(word)
    return Evidence(
        field=field,
        start=start,
        end=start + len(word),
        text=word,
        term=word.lower(),
        sentence=sentence,
        sentence_start=begins,
    )


def telling(alert: Alert, *evidence: Evidence, title: str = "Weather") -> Alert:
    return replace(alert, evidence=evidence, article=replace(alert.article, title=title))


def test_words_that_match_in_the_title_are_marked_there_and_not_quoted_again(envoys: Alert) -> None:
    # given
    title = "River rises over night"
    alert = telling(envoys, found("River", title, title, Field.TITLE), title=title)

    # then
    assert plain(headline(alert)) == "«River» rises over night"
    assert quotes(alert, at_most=3).shown == ()


def test_an_article_without_a_title_says_so(envoys: Alert) -> None:
    assert plain(headline(telling(envoys, title=" \n"))) == "(no title)"


def test_two_words_of_one_sentence_are_marked_in_one_quote(envoys: Alert) -> None:
    # given
    sentence = "Two bridges were closed by the river."
    alert = telling(envoys, found("bridges", sentence), found("river", sentence))

    # then
    assert [plain(words) for words in quotes(alert, at_most=3).shown] == [
        "Two «bridges» were closed by the «river»."
    ]


def test_spans_that_overlap_make_one_mark(envoys: Alert) -> None:
    # given
    sentence = "Two bridges were closed by the river."
    alert = telling(envoys, found("Two bridges", sentence), found("bridges were", sentence))

    # then
    assert plain(quotes(alert, at_most=1).shown[0]) == "«Two bridges were» closed by the river."


def test_when_there_are_too_many_those_that_prove_another_clause_are_shown(envoys: Alert) -> None:
    # given: "river" twice before "bridges" is ever seen
    text = "The river rose. The river fell. The bridges stood."
    alert = telling(
        envoys,
        found("river", "The river rose.", text),
        found("river", "The river fell.", text),
        found("bridges", "The bridges stood.", text),
    )

    # when
    shown = quotes(alert, at_most=2)

    # then
    assert [plain(words) for words in shown.shown] == ["The «river» rose.", "The «bridges» stood."]
    assert shown.left_out == 1


def test_a_summary_that_repeats_the_body_is_quoted_once(envoys: Alert) -> None:
    # given
    sentence = "The river rose over night."
    alert = telling(
        envoys,
        found("river", sentence, sentence, Field.SUMMARY),
        found("river", sentence),
    )

    # then
    assert len(quotes(alert, at_most=3).shown) == 1


def test_a_long_sentence_is_cut_to_the_words_around_the_mark(envoys: Alert) -> None:
    # given
    sentence = "mud " * 500 + "river " + "sand " * 500
    alert = telling(envoys, found("river", sentence, sentence))

    # when
    shown = plain(quotes(alert, at_most=1).shown[0])

    # then
    assert "mud «river» sand" in shown
    assert shown.startswith("…mud ")
    assert shown.endswith("sand…")
    assert len(shown) <= MAX_SENTENCE_CHARS + 4


def test_marks_beyond_the_cut_are_not_shown(envoys: Alert) -> None:
    # given
    sentence = "river " + "sand " * 500 + "bridge"
    alert = telling(envoys, found("river", sentence, sentence), found("bridge", sentence, sentence))

    # when
    shown = plain(quotes(alert, at_most=1).shown[0])

    # then
    assert shown.startswith("«river» sand")
    assert shown.endswith("sand…")


@pytest.mark.parametrize(("before", "after"), [(0, 1000), (1000, 0), (1000, 1000)])
def test_a_long_run_without_spaces_is_cut_all_the_same(
    envoys: Alert, before: int, after: int
) -> None:
    # given
    sentence = "河" * before + "水" + "河" * after
    alert = telling(envoys, found("水", sentence, sentence))

    # when
    shown = plain(quotes(alert, at_most=1).shown[0])

    # then
    assert "«水»" in shown
    assert (shown.startswith("…"), shown.endswith("…")) == (before > 0, after > 0)
    assert len(shown) <= MAX_SENTENCE_CHARS + 4


def test_a_long_title_without_a_mark_is_cut_at_its_end(envoys: Alert) -> None:
    assert plain(headline(telling(envoys, title="news " * 100))) == "news " * 59 + "news…"


def test_evidence_without_its_sentence_shows_its_own_words(envoys: Alert) -> None:
    # given
    alone = replace(found("river", "The river rose over night."), sentence="")

    # then
    assert plain(quotes(telling(envoys, alone), at_most=1).shown[0]) == "«river»"


def test_space_at_the_ends_of_a_sentence_is_not_shown(envoys: Alert) -> None:
    # given
    sentence = " \n The river\n "
    alert = telling(envoys, found("river", sentence, sentence))

    # then
    assert plain(quotes(alert, at_most=1).shown[0]) == "The «river»"


def test_escapes_around_and_inside_a_mark_do_not_move_it(envoys: Alert) -> None:
    # given
    sentence = "The \x1b[31m ri\u00adver\x1b[0m\n rose."
    alert = telling(envoys, found("ri\u00adver", sentence, sentence))

    # then
    assert plain(quotes(alert, at_most=1).shown[0]) == "The «river» rose."


@given(
    text=st.text(max_size=60),
    spans=st.lists(st.tuples(st.integers(-5, 80), st.integers(-5, 80)), max_size=4),
)
def test_marks_never_change_the_words(text: str, spans: list[tuple[int, int]]) -> None:
    # given: spans that may lie outside, be empty or upside down
    alert = nobody_alert(text, spans)

    # when
    words = headline(alert)

    # then
    unmarked = headline(nobody_alert(text, []))
    assert bare(words).replace(" ", "") == bare(unmarked).replace(" ", "")
    assert "  " not in bare(words)


def nobody_alert(title: str, spans: list[tuple[int, int]]) -> Alert:
    from monitor.model import AlertedArticle

    article = AlertedArticle(
        id="a", ref="r", title=title, source="s", source_name=None, url=None, published=None
    )
    return Alert(
        id="i",
        watch="w",
        title="t",
        severity="low",
        story="s",
        article=article,
        evidence=tuple(
            Evidence(
                field=Field.TITLE,
                start=start,
                end=end,
                text="",
                term="x",
                sentence=title,
                sentence_start=0,
            )
            for start, end in spans
        ),
        topics=(),
        sources=(),
        notify=(),
        raised=datetime(2024, 5, 14, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (datetime(2024, 5, 4, 9, 2, tzinfo=UTC), "Sat 4 May 2024, 09:02 UTC"),
        (
            datetime(2024, 5, 5, 1, 0, tzinfo=timezone(timedelta(hours=2))),
            "Sat 4 May 2024, 23:00 UTC",
        ),
        (None, "no date"),
    ],
)
def test_dates_are_shown_in_utc(when: datetime | None, shown: str) -> None:
    assert render.moment(when) == shown


def test_a_long_list_of_names_ends_in_a_count() -> None:
    assert render.listed(str(n) for n in range(9)) == "0 · 1 · 2 · 3 · 4 · 5 and 3 more"


def test_a_watch_without_a_title_goes_by_its_id(envoys: Alert) -> None:
    assert render.watch_title(replace(envoys, title="")) == "us-iran-over-iraq"


def test_a_source_without_a_name_goes_by_its_id(envoys: Alert) -> None:
    unnamed = replace(envoys, article=replace(envoys.article, source_name=None))
    assert render.source_name(unnamed) == "example-world"
