"""Which articles carry one text, and how much two texts have in common."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.dedupe import shared_key, similarity, text_key, words_of
from monitor.model import Article

NOON = datetime(2014, 6, 13, 12, tzinfo=UTC)
REPORT = (
    "The ferry to the islands will leave an hour earlier from Monday, the harbour office said, "
    "because the channel has to be dredged before the summer. Drivers should be at the north pier "
    "by six. The company expects the work to last for three weeks and will pay for a bus to the "
    "town. Islanders had asked for the dredging since the winter, when two boats ran aground."
)


def article(body: str, **given: object) -> Article:
    fields: dict[str, object] = {
        "id": "1",
        "source": "harbour-post",
        "title": "Ferry leaves earlier",
        "published": NOON,
        "fetched": NOON,
        "body": body,
    }
    return Article(**(fields | given))  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    "copy",
    [
        REPORT.upper(),
        REPORT.replace(" ", "  \n"),
        REPORT.replace(". ", ".\n\n"),
        REPORT.replace(", ", " – ").replace(".", "!"),
        REPORT.replace(" ", "\u00a0"),
        REPORT.replace("harbour", "har\u00adbour"),
        REPORT.replace("Monday, the", "Monday,the"),
        "TARBERT (Reuters) - " + REPORT,
        "TARBERT, June 13 (MNA) — " + REPORT,
        "St. Helier, Jersey (AP) -- " + REPORT,
        "(dpa) - " + REPORT,
        "Tarbert - " + REPORT,
        "TARBERT — " + REPORT,
        "تاربرت (رويترز) - " + REPORT,
    ],
)
def test_a_copy_has_the_key_of_its_text(copy: str) -> None:
    assert text_key(article(copy)) == text_key(article(REPORT))


def test_title_date_and_source_of_a_long_text_do_not_count() -> None:
    elsewhere = article(
        REPORT, title="Early boat", source="northern-star", published=NOON.replace(day=15)
    )

    assert text_key(elsewhere) == text_key(article(REPORT))


def test_a_summary_that_repeats_the_beginning_does_not_count() -> None:
    teaser = REPORT[:70] + "…"

    assert text_key(article(REPORT, summary=teaser)) == text_key(article(REPORT))


def test_a_summary_with_words_of_its_own_counts() -> None:
    assert text_key(article(REPORT, summary="Dredging begins.")) != text_key(article(REPORT))


def test_one_changed_word_changes_the_key() -> None:
    assert text_key(article(REPORT.replace("three weeks", "four weeks"))) != text_key(
        article(REPORT)
    )


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Luhansk"},
        {"source": "northern-star"},
        {"published": NOON.replace(day=14)},
        {"published": None},
    ],
)
def test_short_texts_are_keyed_with_title_source_and_day(other: dict[str, object]) -> None:
    brief = "Fighting went on after dark."

    assert shared_key(article(brief, **other)) != shared_key(article(brief))


def test_the_hour_of_a_short_text_does_not_count() -> None:
    brief = "Fighting went on after dark."

    assert shared_key(article(brief, published=NOON.replace(hour=18))) == shared_key(article(brief))


def test_fifty_words_are_a_text_and_fewer_are_not() -> None:
    words = [f"word{number}" for number in range(50)]
    long, short = " ".join(words), " ".join(words[:49])

    assert shared_key(article(long)) == shared_key(article(long, title="Other"))
    assert shared_key(article(short)) != shared_key(article(short, title="Other"))


def test_a_short_text_under_one_headline_of_one_day_may_be_worded_anew() -> None:
    first, second = article("Fighting went on."), article("Fighting has gone on after dark.")

    assert shared_key(first) == shared_key(second)
    assert text_key(first) != text_key(second)


def test_under_the_title_of_a_column_short_texts_stay_apart() -> None:
    first, second = (article(text, title="In brief") for text in ("A ferry is late.", "A cow won."))

    assert shared_key(first) != shared_key(second)


@pytest.mark.parametrize("brief", ["Fighting went on after dark.", REPORT])
def test_a_changed_title_or_date_is_no_revision(brief: str) -> None:
    changed = article(brief, title="Ships", published=None)

    assert text_key(changed) == text_key(article(brief))


def test_an_article_without_words_is_known_by_its_title() -> None:
    assert text_key(article("", title="Luhansk")) != text_key(article("", title="Samarra"))


@pytest.mark.parametrize(
    "line",
    [
        "Reuters contributed to this report.",
        "(Reporting by Ada Novak; Editing by Leon Rossi)",
        "Sign up for our newsletter",
        "Share this article",
        "Advertisement",
        "© 2014 Harbour Post. All rights reserved.",
        "Follow us on Twitter @harbourpost",
    ],
)
def test_credits_and_share_lines_are_not_the_text(line: str) -> None:
    assert text_key(article(f"{REPORT}\n\n{line}")) == text_key(article(REPORT))


def test_letters_count_as_words_where_no_spaces_are_written() -> None:
    chinese = "政府在星期五宣布新的渡轮时间表" * 4

    assert len(words_of(article(chinese))) == len(chinese)
    assert text_key(article(chinese)) == text_key(article(chinese, title="别的标题"))


def test_vowel_signs_belong_to_their_word() -> None:
    assert words_of(article("हिन्दी में समाचार")) == ("हिन्दी", "में", "समाचार")


def test_equal_texts_are_wholly_similar() -> None:
    words = words_of(article(REPORT))

    assert similarity(words, words) == 1.0


def test_texts_without_a_common_run_of_three_words_have_nothing_in_common() -> None:
    assert similarity(tuple("abcd"), tuple("abxcd")) == 0.0


def test_similarity_is_the_share_of_common_shingles() -> None:
    # given abc bcd cde and abc bcd cdx
    assert similarity(tuple("abcde"), tuple("abcdx")) == 0.5


def test_an_empty_text_has_nothing_in_common_with_another() -> None:
    assert similarity((), ("a",)) == 0.0


def test_a_single_change_is_never_rounded_away() -> None:
    words = [f"word{number}" for number in range(20_000)]

    assert similarity([*words, "x"], [*words, "y"]) == 0.999


_WORDS = st.lists(st.sampled_from("abcdefg"), max_size=30)


@settings(deadline=None)
@given(_WORDS, _WORDS)
def test_similarity_is_a_share_and_symmetric(ours: list[str], theirs: list[str]) -> None:
    share = similarity(ours, theirs)

    assert 0.0 <= share <= 1.0
    assert share == similarity(theirs, ours)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_key_however_odd(text: str) -> None:
    assert len(text_key(article(text, title=text))) == 20


def test_every_letter_of_unicode_can_be_keyed() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))

    assert len(text_key(article(everything))) == 20
