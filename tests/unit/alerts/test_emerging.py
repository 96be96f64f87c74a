"""What an emerging watch tells, and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.alerts import emerging_alert, is_new, usually
from monitor.model import AlertedArticle, Rising, Spoken, Watch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WATCH = Watch(id="emerging", title="What emerges", emerging=True, notify=("desk",), severity="high")


def paper(number: int, title: str) -> AlertedArticle:
    return AlertedArticle(
        id=f"a{number}",
        ref=f"r{number}",
        title=title,
        source=f"s{number}",
        source_name=f"Paper {number}",
        url=f"https://paper.example/{number}",
        published=NOON,
    )


def rising(*titles: str) -> Rising:
    return Rising(
        key="name:mildred-farrow",
        label="Mildred Farrow",
        stories=9,
        usual=0.4,
        hours=6,
        sources=("s1", "s2", "s3"),
        articles=tuple(paper(number, title) for number, title in enumerate(titles)),
    )


def test_its_headline_counts_and_its_evidence_are_the_newest_titles() -> None:
    alert = emerging_alert(WATCH, rising("Who is MILDRED Farrow?", "", "A prize", "A prize"), NOON)

    counts = "9 stories of 3 sources in 6 hours, usually 0.4"
    assert alert.article.title == f"Mildred Farrow: {counts}"
    assert alert.article.url == "https://paper.example/0"
    assert (alert.severity, alert.notify, alert.title) == ("high", ("desk",), "What emerges")
    assert (alert.article.source, alert.sources) == ("s1", ("s1", "s2", "s3"))
    lines = "Who is MILDRED Farrow?\nA prize"
    assert [each.sentence for each in alert.evidence] == lines.split("\n")
    assert [each.text for each in alert.evidence] == ["MILDRED Farrow", "A prize"]
    for each in alert.evidence:
        assert lines[each.start : each.end] == each.text
        assert lines[each.sentence_start :].startswith(each.sentence)


def test_where_no_article_is_kept_the_counts_stand_alone() -> None:
    alert = emerging_alert(WATCH, rising(), NOON)

    assert alert.evidence == ()
    assert alert.article.source == "s1"
    assert alert.article.url is None
    assert alert.lead.startswith("Mildred Farrow is suddenly told: 9 stories")


def test_each_episode_has_an_alert_of_its_own_about_one_subject() -> None:
    one = emerging_alert(WATCH, rising(), NOON)
    later = emerging_alert(WATCH, rising(), NOON + timedelta(days=2))

    assert one.id != later.id
    assert one.subject == later.subject


def test_an_episode_lasts_a_day() -> None:
    told = Spoken(alert="a", article="r", at=NOON)

    assert is_new(None, NOON)
    assert not is_new(told, NOON + timedelta(hours=23))
    assert is_new(told, NOON + timedelta(hours=24))


def test_what_is_usual_is_said_in_words() -> None:
    assert (usually(0.0), usually(0.04), usually(2.44)) == ("none", "none", "2.4")
