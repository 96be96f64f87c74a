"""What is told of an alert is what it is by then, to each channel what it has not been told yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, time, timedelta

import pytest
from newsroom import NOON, TEXTS, WATCH, House, paper

from monitor import telemetry
from monitor.channels.envelope import Envelope
from monitor.channels.letter import letter
from monitor.channels.note import note_of, written
from monitor.channels.relay import parse_address
from monitor.channels.sheet import printed
from monitor.model import (
    Alert,
    Article,
    Delivery,
    Digest,
    Hours,
    Message,
    Timing,
    Unheard,
)
from monitor.store import Begun, Store, keys

EVENING = Timing(mode="digest", at=time(18))
AT_SIX = NOON + timedelta(hours=6)
REVISED = "CORRECTED: no drone fell"
NEW_SENTENCE = "Twelve people died when a drone exploded."

KEEN = replace(WATCH, updates=(2, 3), revisions=True, when="drone OR exploded")


@pytest.fixture
def house(store: Store) -> House:
    telemetry.set_up(level="error", format_="json")
    return House(
        store=store, watch=replace(WATCH, updates=(2, 3), revisions=True, when="drone OR exploded")
    )


def revision(number: int = 0, source: str = "wire") -> Article:
    return replace(paper(number, source), title=REVISED, body=f"{TEXTS[number]} {NEW_SENTENCE}")


def alert_of(message: Message) -> Alert:
    assert isinstance(message, Alert)
    return message


def digest_of(messages: list[Message]) -> Digest:
    (message,) = messages
    assert isinstance(message, Digest)
    return message


def marks(messages: list[Message]) -> list[str]:
    told = map(alert_of, messages)
    return [each.update.mark[:1] if each.update else "" for each in told]


def test_a_step_after_a_revision_tells_the_text_as_it_is_by_now(house: House) -> None:
    house.come(paper(0, "wire"))
    house.later(minutes=5)
    house.come(revision())
    house.later(minutes=5)
    house.stories(0, source="star")

    told = house.mail()
    assert marks(told) == ["", "r", "2"]
    assert [alert_of(each).article.title for each in told[1:]] == [REVISED] * 2
    last = alert_of(told[-1])
    assert last.update
    assert last.update.revised == NOON + timedelta(minutes=5)
    assert NEW_SENTENCE in [each.sentence for each in last.evidence]
    assert "Revised" not in written(note_of(last, UTC), "text", at_most=3000)


def test_a_revision_shows_first_what_is_new_in_it(house: House) -> None:
    house.come(paper(0, "wire"))
    house.come(revision())

    _, again = map(alert_of, house.mail())
    assert [each.sentence for each in again.evidence] == [NEW_SENTENCE] * 2
    assert "Twelve people" in written(note_of(again, UTC), "text", at_most=3000)


def test_a_step_that_takes_the_place_of_a_revision_tells_its_text_too(house: House) -> None:
    house.timing = EVENING
    house.come(paper(0, "wire"))
    house.now = AT_SIX
    house.release()
    assert len(digest_of(house.mail()).alerts) == 1
    house.later(hours=1)
    house.come(revision())
    house.later(minutes=5)
    house.stories(0, source="star")
    house.now = AT_SIX + timedelta(days=1)
    house.release()

    (again,) = digest_of(house.mail()).alerts
    assert again.article.title == REVISED
    assert again.update
    assert (again.update.step, again.update.unheard) == (2, "revision")
    # who looks at the alert finds that the revision was told, as it was
    (alert,) = house.store.view.alerts(2)
    assert [each.state for each in house.store.outbox.told(alert)] == ["sent"] * 3


@pytest.mark.parametrize(("mark", "says"), [("", "all"), ("r", "revision")])
def test_what_leaves_its_waiting_place_says_what_the_channel_has_not_heard(
    house: House, mark: str, says: Unheard
) -> None:
    # given: the alert, or only its revision, waits for the end of quiet hours
    house.watch = replace(house.watch, updates=(), escalate=((2, "critical"),))
    quiet = Timing(quiet=Hours(begin=time(11), end=time(13)))
    house.timing = quiet if not mark else Timing()
    house.come(paper(0, "wire"))
    house.timing = quiet
    if mark:
        house.mail()
        house.come(revision())
    assert house.mail() == []
    # when: it becomes urgent
    house.stories(0, source="star")
    # then: it is told in full, the same on each attempt
    (job,) = house.store.deliveries.take("d1", "t1", 10)
    told = []
    for token in ("a", "a", "b"):
        (alert,) = house.store.view.alerts(1)
        begun = house.store.outbox.begin(
            "d1", job.id, token, delivery=job.id, about=alert.id, now=house.now
        )
        assert isinstance(begun, Begun)
        told.append(alert_of(begun.message))
    assert told[0] == told[1] == told[2]
    assert told[0].update
    assert told[0].update.unheard == says
    assert _quotes(told[0]) > 0
    mail = letter(
        Delivery(id=job.id, alert=told[0].id, channel="desk"),
        told[0],
        Envelope(sender=parse_address("ww@example.org"), recipients=()),
    )
    assert mail["Subject"].startswith("Re: ") == bool(mark)
    assert ("First told" in mail.as_string()) == bool(mark)
    # and the one after that is only what is new
    house.watch = replace(house.watch, escalate=(), updates=(3,))
    house.timing = Timing()
    house.stories(0, source="sun")
    (third,) = map(alert_of, house.mail())
    assert third.update
    assert (third.update.step, third.update.unheard, third.only_spread) == (3, "", True)


def _quotes(alert: Alert) -> int:
    """Sentences that are shown in all forms of a message."""
    note = written(note_of(alert, UTC), "text", at_most=3000)
    sheet = printed(alert, columns=None, colour=False)
    return min(note.count("“"), sheet.count("“"))


def test_what_was_gathered_is_told_with_what_is_known_by_then(house: House) -> None:
    house.watch = WATCH  # it asks for no updates
    house.timing = EVENING
    house.come(paper(0, "wire"))
    house.stories(0, source="star")
    house.later(hours=1)
    for source in ("sun", "post", "moon"):
        house.stories(0, source=source)
    house.come(revision())
    house.now = AT_SIX
    house.release()

    (alert,) = digest_of(house.mail()).alerts
    assert alert.sources == ("wire", "star", "sun", "post", "moon")
    assert (alert.carried, alert.independent) == (5, 5)
    assert alert.article.title == REVISED
    in_title = [each for each in alert.evidence if each.field == "title"]
    assert [REVISED[each.start : each.end] for each in in_title] == ["drone"]


def test_each_attempt_of_a_digest_says_the_same(house: House) -> None:
    house.watch = WATCH
    house.timing = EVENING
    house.come(paper(0, "wire"))
    house.now = AT_SIX
    house.release()
    (job,) = house.store.deliveries.take("d1", "t1", 10)
    about = house.store.client.hget(keys.delivery(job.id), "alert")
    assert isinstance(about, bytes)

    def begin(token: str) -> Message:
        begun = house.store.outbox.begin(
            "d1", job.id, token, delivery=job.id, about=about.decode(), now=house.now
        )
        assert isinstance(begun, Begun)
        return begun.message

    first = begin("a")
    house.stories(0, source="star")
    page = house.store.outbox.page(about.decode(), 0, "desk")

    assert begin("a") == begin("b") == first
    assert isinstance(first, Digest)
    assert page == first.alerts
    looked = house.store.outbox.digest(about.decode())
    assert looked
    assert looked.alerts == first.alerts


def test_the_copy_that_is_named_is_the_one_that_made_the_step(house: House) -> None:
    house.come(paper(0, "wire"))
    house.come(paper(0, "star"), paper(0, "sun"), paper(0, "post"))

    _, again = map(alert_of, house.mail())
    assert again.update
    assert (again.update.step, again.update.copy.source) == (3, "sun")
    assert again.sources == ("wire", "star", "sun", "post")


def test_a_revision_takes_no_step_away(house: House) -> None:
    house.come(paper(0, "wire"))
    house.come(revision(), paper(0, "star"))

    assert marks(house.mail()) == ["", "r", "2"]


def test_an_alert_that_an_earlier_version_gathered_is_told_in_full(house: House) -> None:
    """It noted nowhere what a channel has not been told."""
    house.watch = replace(house.watch, updates=(), escalate=((2, "critical"),))
    house.timing = Timing(quiet=Hours(begin=time(11), end=time(13)))
    house.come(paper(0, "wire"))
    (alert,) = house.store.view.alerts(1)
    assert house.store.client.hdel(keys.alert(alert.id), "untold desk") == 1

    house.stories(0, source="star")

    (told,) = map(alert_of, house.mail())
    assert told.update
    assert told.update.unheard == "all"


def test_what_is_set_down_twice_is_what_was_set_down_first(house: House) -> None:
    name = keys.digest_told("d")
    scripts = house.store._scripts  # the transition itself, as a resend runs it
    first = [scripts("set_down", [name], [60, "a alert", "1", "b alert", "2"]) for _ in range(2)]

    assert first == [2, 0]
    assert scripts("set_down", [name], [60, "a alert", "other", "c alert", "3"]) == 1
    assert house.store.client.hgetall(name) == {
        b"a alert": b"1",
        b"b alert": b"2",
        b"c alert": b"3",
    }
    assert 0 < house.store.client.ttl(name) <= 60
