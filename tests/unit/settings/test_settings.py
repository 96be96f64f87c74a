"""Configuration: what loads, and what is said about what does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.errors import ConfigError
from monitor.model import FullText, Hours, Rate, Threshold, Timing
from monitor.settings import Settings, load, load_watchlist
from monitor.settings.name_tables import ActorTable, PlaceTable, RoleTable, ThemeTable
from monitor.settings.source_table import SourceTable
from monitor.settings.tables import MONITOR
from monitor.settings.watch_table import WatchTable

CONSOLE = '[channel.console]\ntype = "console"\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


def write(config: Path, **files: str) -> None:
    for name, text in files.items():
        (config / f"{name}.toml").write_text(text, encoding="utf-8")


def said(config: Path, environment: Mapping[str, str] | None = None) -> list[str]:
    """The problems, a line each."""
    with pytest.raises(ConfigError) as raised:
        load(config, environment or {})
    return [str(problem) for problem in raised.value.problems]


def loaded(config: Path, **environment: str) -> Settings:
    return load(config, environment)


def test_an_empty_folder_loads(config: Path) -> None:
    settings = loaded(config)
    assert (settings.sources, settings.watches, settings.workers.processes) == ((), (), 2)
    assert "us" in settings.knowledge.actors


def test_no_folder_says_how_to_get_one(tmp_path: Path) -> None:
    (problem,) = said(tmp_path / "nowhere")
    assert "wirewatch init" in problem


def test_the_samples_load(sample_config: Path) -> None:
    settings = load(sample_config, {})
    assert len(settings.watches) >= 5
    assert settings.remarks == ()


def test_every_problem_is_told_at_once(config: Path) -> None:
    # given
    write(
        config,
        monitor='[workers]\nproceses = 4\n[nett]\nallow = []\n[net]\nallow = ["10.0.0.0/33"]\n',
        feeds='[source.a]\nurl = "ftp://example.org/feed"\n[source.b]\nname = "B"\n',
        channels='[channel.desk]\ntype = "emial"\n',
        watchlist='[watch.a]\nwhen = "drone strike"\nnotify = ["desc"]\n',
    )
    # when
    problems = said(config)
    # then: each names file, table, key, found, wanted and the fix
    wanted = (
        ("monitor.toml [workers] proceses", "Did you mean processes?"),
        ("monitor.toml [nett]", "Did you mean net?"),
        ("monitor.toml [net] allow", "10.0.0.0/33"),
        ("feeds.toml [source.a] url", "http://"),
        ("feeds.toml [source.b] url", "found nothing"),
        ("channels.toml [channel.desk] type", "Did you mean email?"),
        ("watchlist.toml [watch.a] when", '"drone strike"'),
        ("watchlist.toml [watch.a] notify", "Did you mean desk?"),
    )
    for place, words in wanted:
        assert any(place in problem and words in problem for problem in problems), (place, problems)
    assert len(problems) == len(wanted)


def test_a_channel_nobody_configured_is_told_with_the_nearest(config: Path) -> None:
    write(config, channels=CONSOLE, watchlist='[watch.a]\nwhen = "drone"\nnotify = ["consol"]\n')
    (problem,) = said(config)
    assert "watchlist.toml [watch.a] notify: found 'consol'" in problem
    assert "Did you mean console?" in problem


def test_operators_are_told_over_channels_that_exist(config: Path) -> None:
    write(config, channels=CONSOLE, monitor='[ops]\nnotify = ["console"]\nfailing_for = "2h"\n')
    assert loaded(config).ops.notify == ("console",)
    assert loaded(config).ops.failing_for == timedelta(hours=2)
    write(config, channels=CONSOLE, monitor='[ops]\nnotify = ["consol"]\n')
    (problem,) = said(config)
    assert "monitor.toml [ops] notify: found 'consol'" in problem


def test_nobody_to_tell_is_legal(config: Path) -> None:
    write(config, watchlist='[watch.a]\nwhen = "drone"\nnotify = []\n')
    assert loaded(config).watches[0].notify == ()


def test_broken_toml_is_told_with_its_place(config: Path) -> None:
    write(config, watchlist="[watch.a]\nwhen = drone\n")
    (problem,) = said(config)
    assert "watchlist.toml" in problem
    assert "line 2" in problem


def test_a_watch_says_when_or_together_and_not_both(config: Path) -> None:
    write(
        config,
        watchlist='[watch.a]\ntitle = "A"\n'
        '[watch.b]\nwhen = "drone"\ntogether = ["strike"]\n'
        '[watch.c]\nwhen = "drone"\nwithin = "sentence"\n',
    )
    problems = said(config)
    assert len(problems) == 3
    assert "[watch.a]: wanted `when`" in problems[0]


def test_the_plain_form_takes_a_window_of_words(config: Path) -> None:
    write(config, watchlist='[watch.a]\ntogether = ["drone", "basra"]\nwithin = "20 words"\n')
    assert loaded(config).watches[0].within == 20


def test_the_environment_goes_before_the_file(config: Path) -> None:
    # given
    write(config, monitor="[workers]\nprocesses = 2\n")
    # when
    settings = loaded(
        config,
        WIREWATCH_WORKERS_PROCESSES="7",
        WIREWATCH_REDIS_URL="redis://:12345@redis:6379/0",
        WIREWATCH_NET_ALLOW="127.0.0.0/8,10.0.0.0/8",
        WIREWATCH_DATA="/tmp/elsewhere",
    )
    # then
    assert settings.workers.processes == 7
    assert settings.redis_url == "redis://:12345@redis:6379/0"
    assert settings.allow == (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))


def test_a_variable_that_means_nothing_is_told(config: Path) -> None:
    (problem,) = said(config, {"WIREWATCH_NET_ALOW": "127.0.0.0/8"})
    assert "WIREWATCH_NET_ALOW" in problem
    assert "Did you mean allow?" in problem


def test_secrets_come_from_the_environment_or_a_file_and_are_never_shown(
    config: Path, tmp_path: Path
) -> None:
    # given
    (tmp_path / "secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    write(
        config,
        channels='[channel.a]\ntype = "webhook"\nurl = "https://hooks.example.org/"\n'
        f'secret = "file:{tmp_path / "secret"}"\n'
        '[channel.b]\ntype = "webhook"\nurl = "https://hooks.example.org/"\nsecret = "env:HOOK"\n',
    )
    # when
    settings = loaded(config, HOOK="planted-and-very-secret")
    # then
    assert "planted" not in repr(settings)
    assert "MfKQ9" not in repr(settings)


def test_no_message_repeats_a_secret(config: Path, tmp_path: Path) -> None:
    # given
    (tmp_path / "file").write_text("sekrit-of-file")
    write(
        config,
        monitor='redis = "redis://:sekrit-of-text@h"\n',
        channels='[channel.a]\ntype = "webhook"\nurl = "env:HOOK_URL"\nsecret = "s"\n'
        f'[channel.b]\ntype = "webhook"\nurl = "file:{tmp_path / "file"}"\nsecret = "s"\n'
        '[channel.c]\ntype = "email"\nto = ["a@b.example"]\nfrom = "a@b.example"\n'
        'smtp = "smtp://u:sekrit-of-url@h:25x"\n',
        feeds='[source.a]\nurl = "env:FEED_URL"\n',
    )
    # when
    problems = said(config, {"HOOK_URL": "sekrit-of-hook", "FEED_URL": "sekrit-of-feed"})
    # then
    assert len(problems) == 5
    assert not [problem for problem in problems if "sekrit" in problem]


def test_a_variable_with_a_bad_value_is_blamed_itself(config: Path) -> None:
    (problem,) = said(config, {"WIREWATCH_WORKERS_PROCESSES": "lots"})
    assert problem.startswith("environment WIREWATCH_WORKERS_PROCESSES: found 'lots'")
    assert "a whole number" in problem


def test_a_key_within_a_key_is_named_with_its_place(config: Path) -> None:
    write(
        config,
        watchlist='[watch.a]\nwhen = "drone"\nthreshold = { storys = 3, within = "6h" }\n',
    )
    (problem,) = said(config)
    assert "[watch.a] threshold.storys" in problem
    assert "Did you mean stories?" in problem


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('[net]\nallow = "127.0.0.0/8"\n', 'a list, such as ["a", "b"]'),
        ('[net]\nallow = ["127.0.0.1/8"]\n', 'a network such as "127.0.0.0/8"'),
        ("[workers]\nprocesses = 0\n", "at least 1"),
        ('[workers]\ntime_limit = "0s"\n', "a time above 0, such as"),
        ('[retention]\nstories = "9999999999999w"\n', "a time such as"),
        ('[log]\nlevel = "loud"\n', "one of 'debug'"),
        ('[redis]\nurl = "nonsense"\n', "redis://"),
        ('[redis]\nurl = "redis://h:99999999"\n', "redis://"),
        ("x = " + "[" * 5000, "plain tables"),
    ],
)
def test_what_is_wanted_is_said_in_words(config: Path, text: str, wanted: str) -> None:
    write(config, monitor=text)
    assert any(wanted in problem for problem in said(config))


def test_an_id_is_plain(config: Path) -> None:
    write(config, watchlist='[watch."a b"]\nwhen = "drone"\n')
    (problem,) = said(config)
    assert "letters, digits, hyphens" in problem


def test_likely_slips_are_remarked_on(config: Path) -> None:
    # given
    write(
        config,
        monitor='[seeds]\npaths = ["nowhere"]\n',
        monitr="",
        feeds='[source.a]\nurl = "http://127.0.0.1:8000/feed"\n'
        '[source.b]\nurl = "http://127.0.0.1:8000/feed"\n',
    )
    # when
    remarks = [str(remark) for remark in loaded(config, WIREWATCH_FOO_BAR="1").remarks]
    # then
    for words in ("Did you mean monitor.toml?", "WIREWATCH_FOO_BAR", "nowhere", "listed twice"):
        assert any(words in remark for remark in remarks), words
    assert any('allow = ["127.0.0.0/8"]' in remark for remark in remarks)


def test_a_secret_that_is_not_there_is_told_by_name(config: Path) -> None:
    write(
        config,
        channels='[channel.b]\ntype = "webhook"\nurl = "https://hooks.example.org/"\n'
        'secret = "env:HOOK"\n',
    )
    (problem,) = said(config)
    assert "[channel.b] secret: found 'env:HOOK'" in problem or "env:HOOK" in problem
    assert "environment variable HOOK" in problem


def test_other_peoples_servers_are_not_polled_every_second(config: Path) -> None:
    write(
        config,
        feeds='[source.a]\nurl = "https://example.org/feed"\ninterval = "10s"\n'
        '[source.b]\nurl = "http://127.0.0.1:8000/feed"\ninterval = "0.5s"\n',
    )
    (problem,) = said(config)
    assert "feeds.toml [source.a] interval" in problem
    assert "5m" in problem


def test_what_a_first_poll_takes_and_whose_wishes_hold_is_said_per_source(config: Path) -> None:
    # given
    url = 'url = "https://example.org/feed"\n'
    write(
        config,
        feeds=f"[source.a]\n{url}"
        f'[source.b]\n{url}backfill = "none"\nrespect_hints = false\n'
        f'[source.c]\n{url}backfill = "latest:25"\n[source.d]\n{url}backfill = "all"\n',
    )
    # when
    sources = loaded(config).sources
    # then
    assert [source.backfill for source in sources] == [10, 0, 25, None]
    assert [source.respect_hints for source in sources] == [True, False, True, True]
    # and
    write(config, feeds=f'[source.a]\n{url}backfill = "some"\n')
    (problem,) = said(config)
    assert "feeds.toml [source.a] backfill: found 'some'" in problem
    assert "latest:10" in problem


def test_how_a_server_is_reached_is_read_and_shown_nowhere(config: Path) -> None:
    # given
    ca = Path(__file__).parents[2] / "fixtures" / "tls" / "loopback.pem"
    write(
        config,
        feeds='[source.a]\nurl = "https://example.org/feed?key=hush0"\nuser = "desk"\n'
        f'password = "env:PW"\nheaders = {{ X-Api-Key = "env:KEY" }}\nca = "{ca}"\n'
        'proxy = "http://me:hush3@proxy.example:3128"\nmute = true\npriority = "high"\n'
        '[source.b]\nurl = "https://example.org/b"\nenabled = false\n',
    )
    # when
    first, second = loaded(config, PW="hush1", KEY="hush2").sources
    # then
    assert first.access.authorization == "Basic ZGVzazpodXNoMQ=="
    assert first.access.headers == (("X-Api-Key", "hush2"),)
    assert first.access.proxy.endswith("@proxy.example:3128")
    assert first.access.ca.startswith("-----BEGIN CERTIFICATE")
    assert (first.mute, first.priority, first.enabled) == (True, "high", True)
    assert (second.mute, second.priority, second.enabled) == (False, "normal", False)
    assert second.access.is_private is False
    for secret in ("hush", "ZGVzaz", "3128", "BEGIN"):
        assert secret not in repr(first)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('user = "desk"', "`user` and `password` together"),
        ('user = "a:b"\npassword = "hush"', "without a colon"),
        ('user = "a"\npassword = "hush"\nheaders = { authorization = "hush" }', "one login"),
        ('headers = { Cookie = "hush" }', "Cookie is never sent"),
        ('headers = { Host = "hush" }', "the connection's own"),
        ('headers = { "a b" = "hush" }', "names of HTTP headers"),
        ('headers = { X-A = "hush\\nX-B: 1" }', "for X-A a line of ASCII"),
        ('headers = "hush"', "headers"),
        ('proxy = "hush:3128"', "as `proxy` an address"),
        ('ca = "nowhere.pem"', "no such file"),
        ('ca = "config/feeds.toml"', "it holds none"),
        ('ca = "env:NOBODY"', "environment variable NOBODY"),
        ('priority = "urgent"', "'high', 'normal' or 'low'"),
    ],
)
def test_a_wrong_way_to_a_server_is_told_without_the_secret(
    config: Path, lines: str, words: str
) -> None:
    write(config, feeds=f'[source.a]\nurl = "https://example.org/feed"\n{lines}\n')

    (problem,) = said(config)

    assert "feeds.toml [source.a]" in problem
    assert words in problem
    assert "hush" not in problem


def test_whether_pages_are_read_is_said_per_source(config: Path) -> None:
    # given
    url = 'url = "https://example.org/feed"\n'
    write(
        config,
        feeds=f"[source.a]\n{url}[source.b]\n{url}full_text = true\n"
        f'[source.c]\n{url}full_text = "if-short"\n[source.d]\n{url}full_text = false\n',
    )
    # then
    assert [source.full_text for source in loaded(config).sources] == [
        *(FullText.NEVER, FullText.ALWAYS, FullText.IF_SHORT, FullText.NEVER)
    ]
    # and
    write(config, feeds=f'[source.a]\n{url}full_text = "always"\n')
    (problem,) = said(config)
    assert "feeds.toml [source.a] full_text: found 'always'" in problem
    assert "if-short" in problem


def test_when_a_watch_speaks(config: Path) -> None:
    write(
        config,
        watchlist='[watch.a]\nwhen = "drone"\ncooldown = "6h"\nat_most = "5 per hour"\n'
        'threshold = { stories = 3, sources = 2, within = "6h" }\nexpect = "1 per day"\n'
        'hours = "Mon-Fri 08:00-18:00"\nzone = "Europe/London"\n',
    )
    (watch,) = loaded(config).watches

    assert watch.cooldown == timedelta(hours=6)
    assert watch.at_most == Rate(most=5, span=timedelta(hours=1))
    assert watch.threshold == Threshold(stories=3, sources=2, within=timedelta(hours=6))
    assert watch.expect == Rate(most=1, span=timedelta(days=1))
    assert watch.hours == Hours(begin=time(8, 0), end=time(18, 0), days=(0, 1, 2, 3, 4))
    assert watch.zone == ZoneInfo("Europe/London")


def test_when_a_channel_is_told(config: Path) -> None:
    write(
        config,
        channels='[channel.a]\ntype = "console"\nmode = "digest"\nevery = "week"\nat = "07:30"\n'
        'weekday = "fri"\nzone = "Europe/London"\nquiet = "22:00-07:00"\nurgent = "high"\n'
        '[channel.b]\ntype = "email"\nto = ["a@example.org"]\nfrom = "w@example.org"\n'
        'smtp = "smtp://localhost:25"\n[channel.c]\ntype = "console"\n',
    )
    timings = loaded(config).timings

    assert timings["a"] == Timing(
        mode="digest",
        every="week",
        at=time(7, 30),
        weekday=4,
        quiet=Hours(begin=time(22, 0), end=time(7, 0)),
        urgent="high",
        zone=ZoneInfo("Europe/London"),
    )
    assert timings["b"].at_most == Rate(most=20, span=timedelta(hours=1))
    assert timings["c"] == Timing(zone=timings["c"].zone)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('at_most = "often"', "at_most: found 'often', wanted a rate such as \"5 per hour\""),
        ('at_most = "0 per hour"', "wanted a rate above 0, such as"),
        ('hours = "mornings"', 'wanted hours such as "22:00-07:00" or "Mon-Fri 08:00-18:00"'),
        ('hours = "Mon-Fry 08:00-18:00"', "wanted hours such as"),
        ('hours = "25:00-26:00"', 'wanted a time of the day such as "07:30"'),
        ('zone = "Europe/London"', "`zone` only with `hours`"),
        ("threshold = { stories = 3 }", "threshold.within"),
        ('threshold = { within = "6h" }', "threshold: found {'within': '6h'}, wanted `stories` or"),
        ('threshold = { stories = 1, within = "6h" }', "it would speak at the first story"),
        (
            'threshold = { stories = 2, sources = 3, within = "6h" }',
            "wanted at least as many `stories` as `sources` (3)",
        ),
        (
            'updates = [3, "revisions"]',
            "updates[2]: found 'revisions', wanted a number of sources, 2 or more, or \"revision\"."
            " Did you mean revision?",
        ),
        ("updates = 3", 'updates: found 3, wanted a list, such as [3, 10, "revision"]'),
        (
            "escalate = { low = 5, critical = 9 }",
            "escalate: found {'low': 5, 'critical': 9}, wanted `escalate` above the severity of the"
            ' watch ("normal") only: leave out `low`',
        ),
        ('scope = "event"\nonce_per = "story"', "once_per: found 'story', wanted `once_per` is"),
        ('zone = "Europe/London"', "zone: found 'Europe/London', wanted `zone` only with `hours`"),
        ("updates = [1]", "updates[1]: found 1, wanted numbers of sources, 2 or more"),
        ("updates = [true]", 'wanted a number of sources, 2 or more, or "revision"'),
    ],
)
def test_a_wrong_time_to_speak_is_explained(config: Path, written: str, wanted: str) -> None:
    write(config, watchlist=f'[watch.a]\nwhen = "drone"\n{written}\n')

    assert any("watchlist.toml [watch.a]" in line and wanted in line for line in said(config))


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('at = "08:00"', "at: found '08:00', wanted `at` only with mode = \"digest\""),
        ('mode = "digest"\nevery = "hour"\nat = "08:00"', "leave out `at`"),
        ('mode = "digest"\nweekday = "mon"', '`weekday` only with every = "week"'),
        ('mode = "digest"\nevery = "week"\nweekday = "t"', 'a day of the week such as "monday"'),
        ('mode = "digest"\nevery = "week"\nweekday = 9', 'a day of the week such as "monday"'),
        ('urgent = "very"', "urgent"),
    ],
)
def test_a_wrong_time_to_be_told_is_explained(config: Path, written: str, wanted: str) -> None:
    write(config, channels=f'[channel.a]\ntype = "console"\n{written}\n')

    assert any("channels.toml [channel.a]" in line and wanted in line for line in said(config))


@pytest.mark.parametrize(
    ("key", "meant"),
    [("quiet_hours", "quiet"), ("modus", "mode"), ("evry", "every"), ("too", "to")],
)
def test_keys_of_time_are_among_those_a_channel_may_have(
    config: Path, key: str, meant: str
) -> None:
    write(
        config,
        channels='[channel.a]\ntype = "email"\nto = ["a@example.org"]\nfrom = "w@example.org"\n'
        f'smtp = "smtp://localhost:25"\n{key} = "x"\n',
    )
    (problem,) = said(config)
    assert f"channels.toml [channel.a] {key}: found a key that means nothing here" in problem
    for word in ("at", "every", "mode", "on_doubt", "quiet", "urgent", "to", "zone"):
        assert f" {word}," in problem or f" {word}." in problem, (word, problem)
    assert f"Did you mean {meant}?" in problem


NIGHT_WATCH = '[watch.a]\nwhen = "drone"\nhours = "23:00-06:00"\nnotify = ["console"]\n'


def test_hours_that_are_all_quiet_are_refused(config: Path) -> None:
    write(config, watchlist=NIGHT_WATCH, channels=f'{CONSOLE}quiet = "22:00-07:00"\n')

    assert said(config) == [
        "watchlist.toml [watch.a] hours: found 23:00-06:00 UTC, all of which is quiet in"
        " channels.toml [channel.console] quiet (22:00-07:00 UTC), wanted a minute of the week in"
        " which the watch may speak and the channel be told. Change `hours` or `quiet`, or take"
        " console out of the watch's `notify`"
    ]
    write(config, channels=f'{CONSOLE}quiet = "Mon-Fri 22:00-07:00"\n')
    assert loaded(config).watches
    write(config, channels=f'{CONSOLE}quiet = "22:00-07:00"\nzone = "Asia/Tokyo"\n')
    assert loaded(config).watches
    urgent = f'{NIGHT_WATCH}severity = "critical"\n'  # waits for no hours
    write(config, watchlist=urgent, channels=f'{CONSOLE}quiet = "22:00-07:00"\n')
    assert loaded(config).watches


def test_hours_of_some_days_may_make_an_alert_wait_for_a_week(config: Path) -> None:
    write(
        config,
        monitor='[retention]\nalerts = "7d"\n',
        channels=f'{CONSOLE}quiet = "Sat,Sun 00:00-00:00"\n',
    )
    (problem,) = said(config)
    assert 'wanted "8d" or more: an alert may wait 7d because of channels.toml' in problem
    write(config, channels=f'{CONSOLE}quiet = "00:00-07:00"\n')
    assert loaded(config).channels


def test_a_channel_that_is_always_quiet_is_refused(config: Path) -> None:
    write(config, channels=f'{CONSOLE}quiet = "00:00-00:00"\n')

    assert said(config) == [
        "channels.toml [channel.console] quiet: found '00:00-00:00', wanted hours that end: these"
        " are all of the week, and the channel would never be told anything. To tell it nothing,"
        " take it out of every `notify`"
    ]
    write(config, channels=f'{CONSOLE}quiet = "Mon-Sat 00:00-00:00"\n')
    assert loaded(config).channels


def test_a_threshold_of_sources_wants_as_many_stories(config: Path) -> None:
    write(
        config,
        watchlist='[watch.a]\nwhen = "drone"\nthreshold = { sources = 3, within = "6h" }\n',
    )
    (watch,) = loaded(config).watches
    assert watch.threshold == Threshold(stories=3, sources=3, within=timedelta(hours=6))


def test_a_silence_that_nobody_is_told_of_is_remarked_on(config: Path) -> None:
    watch = '[watch.a]\nwhen = "drone"\nexpect = "1 per day"\n'
    write(config, watchlist=watch)
    (remark,) = map(str, loaded(config).remarks)
    assert remark.startswith("watchlist.toml [watch.a] expect: found a silence of which nobody")
    assert "Name a channel in `notify`" in remark
    write(config, watchlist=f'{watch}notify = ["console"]\n', channels=CONSOLE)
    assert loaded(config).remarks == ()


@pytest.mark.parametrize(
    ("kept", "channel", "watch", "wanted"),
    [
        ("7d", 'mode = "digest"\nevery = "week"\n', "", '"8d" or more: an alert may wait 7d'),
        ("8d", 'mode = "digest"\nevery = "week"\n', "", ""),
        (
            "36h",
            'mode = "digest"\n',
            "",
            'because of channels.toml [channel.console] every = "day"',
        ),
        ("30h", 'quiet = "22:00-07:00"\n', "", "[channel.console] quiet"),
        ("7d", "", 'cooldown = "10d"\n', '"11d" or more: an alert may wait 10d because of'),
        ("7d", "", 'hours = "Mon 08:00-18:00"\n', "watchlist.toml [watch.a] hours"),
        ("7d", "", 'at_most = "1 per week"\n', "watchlist.toml [watch.a] at_most"),
        ("2d", "", 'hours = "08:00-18:00"\n', ""),
        (
            "8d",
            'mode = "digest"\n',
            'notify = ["console"]\nhours = "Mon 08:00-18:00"\n',
            '"9d" or more: an alert may wait 8d because of channels.toml [channel.console] every ='
            ' "day" and watchlist.toml [watch.a] hours',
        ),
        ("9d", 'mode = "digest"\n', 'notify = ["console"]\nhours = "Mon 08:00-18:00"\n', ""),
    ],
)
def test_alerts_are_kept_for_as_long_as_they_may_have_to_wait(
    config: Path, kept: str, channel: str, watch: str, wanted: str
) -> None:
    write(
        config,
        monitor=f'[retention]\nalerts = "{kept}"\n',
        channels=CONSOLE + channel,
        watchlist=f'[watch.a]\nwhen = "drone"\n{watch}',
    )
    if not wanted:
        loaded(config)
        return
    (problem,) = said(config)
    assert f'monitor.toml [retention] alerts: found "{kept}", wanted' in problem
    assert wanted in problem


def test_who_names_a_channel_that_is_wrong_is_not_blamed(config: Path) -> None:
    write(
        config,
        channels='[channel.a]\ntype = "console"\nurgent = "very"\n',
        watchlist='[watch.w]\nwhen = "drone"\nnotify = ["a"]\n',
    )
    (line,) = said(config)
    assert line.startswith("channels.toml")


def test_an_actor_of_the_user_is_known_in_watches(config: Path) -> None:
    write(
        config,
        actors='[actor.meridian]\nname = "Meridian Lines"\nkind = "company"\nhome = ["GR"]\n'
        'active = ["1987-03-01", ""]\n',
        watchlist='[watch.a]\nwhen = "actor:meridian"\n',
    )
    settings = loaded(config)
    assert settings.knowledge.actors["meridian"].home == ("GR",)


def test_an_unknown_actor_is_told_with_the_nearest(config: Path) -> None:
    write(config, watchlist='[watch.a]\nwhen = "actor:hezbolah"\n')
    (problem,) = said(config)
    assert "hezbollah" in problem.lower()


def test_a_watchlist_of_its_own_needs_no_channels(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[watch.a]\nwhen = "drone"\nnotify = ["who-knows"]\n')
    watches, _ = load_watchlist(path, None)
    assert watches[0].notify == ("who-knows",)


def test_retention_is_read_as_times(config: Path) -> None:
    write(config, monitor='[retention]\narticles = "36h"\n')
    assert loaded(config).retention.articles == timedelta(hours=36)


def test_every_key_stands_in_the_samples(sample_config: Path) -> None:
    # given
    texts = {path.name: path.read_text() for path in sample_config.glob("*.toml")}
    tables = {
        "feeds.toml": [SourceTable],
        "watchlist.toml": [WatchTable],
        "actors.toml": [ActorTable, RoleTable],
        "places.toml": [PlaceTable],
        "themes.toml": [ThemeTable],
        "monitor.toml": list(MONITOR.values()),
    }
    # then
    for file, kinds in tables.items():
        for kind in kinds:
            for key in kind.model_fields:
                assert key in texts[file], (file, key)
