"""The zone of a channel: by its IANA name, and times shown in it to people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.channels import CHANNELS
from monitor.channels.body import encode
from monitor.channels.channel import ChannelConfig
from monitor.channels.render import moment
from monitor.channels.zone import parse_zone
from monitor.model import Alert, Delivery

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "Wed 25 Nov 2026, 08:14 UTC"),
        ("Europe/Berlin", "Wed 25 Nov 2026, 09:14 CET"),
        ("Asia/Kathmandu", "Wed 25 Nov 2026, 13:59 UTC+0545"),
        ("America/Sao_Paulo", "Wed 25 Nov 2026, 05:14 UTC-03"),
        ("Pacific/Kiritimati", "Wed 25 Nov 2026, 22:14 UTC+14"),
        ("America/Los_Angeles", "Wed 25 Nov 2026, 00:14 PST"),
    ],
)
def test_a_time_is_shown_as_people_there_say_it(zone: str, shown: str) -> None:
    assert moment(datetime(2026, 11, 25, 8, 14, tzinfo=UTC), parse_zone(zone)) == shown


def test_the_clock_of_the_zone_goes_back_in_autumn() -> None:
    # given: the hour that Berlin has twice
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    # then
    assert moment(first, BERLIN) == "Sun 25 Oct 2026, 02:30 CEST"
    assert moment(first + timedelta(hours=1), BERLIN) == "Sun 25 Oct 2026, 02:30 CET"


@pytest.mark.parametrize("end", [(1, 1, 1, 0), (9999, 12, 31, 23)])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Honolulu"])
def test_a_date_at_an_end_of_the_calendar_can_be_shown(
    end: tuple[int, int, int, int], zone: str
) -> None:
    assert f" {end[0]}, " in moment(datetime(*end, tzinfo=UTC), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Europe/Berlni", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Europe/New_York", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_a_name_that_is_none_is_told_with_the_nearest(name: str, meant: str) -> None:
    with pytest.raises(ValueError, match=rf"Did you mean {meant}\?$"):
        parse_zone(name)


@pytest.mark.parametrize("offset", ["GMT+1", "UTC+2", "+02:00", "CEST"])
def test_no_zone_is_guessed_from_an_offset(offset: str) -> None:
    with pytest.raises(ValueError) as told:
        parse_zone(offset)
    assert "Etc" not in str(told.value)


@pytest.mark.parametrize(
    "value", ["", "Europe", "../Berlin", "/etc/passwd", "a\x00b", "x" * 5000, 7, None, ["UTC"]]
)
def test_what_is_no_name_is_told_in_plain_words(value: object) -> None:
    with pytest.raises(ValueError, match=r"^wanted a time zone by its IANA name"):
        parse_zone(value)


@pytest.mark.parametrize(
    ("type_", "settings"),
    [
        ("atom", {"folder": "/srv/www/alerts"}),
        (
            "email",
            {
                "to": ["desk@example.org"],
                "from": "wirewatch@example.org",
                "smtp": "smtp://127.0.0.1:25",
            },
        ),
    ],
)
def test_what_people_read_is_in_the_zone(
    envoys: Alert, type_: str, settings: dict[str, object]
) -> None:
    # given
    kind = CHANNELS[type_]
    config = kind.config.model_validate({**settings, "zone": "Asia/Baghdad"})

    # when
    channel = kind.open_channel("desk", config, allow=(), contact="")
    shown = channel.draft(Delivery(id="d1", alert=envoys.id, channel="desk"), envoys)

    # then
    assert "Tue 14 May 2024, 12:12 UTC+03" in shown


def test_what_programs_read_stays_in_utc(envoys: Alert) -> None:
    # given
    kind = CHANNELS["file"]
    config = kind.config.model_validate({"path": "/tmp/a.jsonl", "zone": "Asia/Baghdad"})

    # when
    shown = kind.open_channel("log", config, allow=(), contact="").draft(
        Delivery(id="d1", alert=envoys.id, channel="log"), envoys
    )

    # then
    assert encode(envoys).decode() in shown
    assert "2024-05-14T09:12:00Z" in shown


@pytest.mark.parametrize("name", CHANNELS)
def test_every_channel_has_a_zone(name: str) -> None:
    assert issubclass(CHANNELS[name].config, ChannelConfig)
    assert CHANNELS[name].config.model_fields["zone"].default == ZoneInfo("UTC")
