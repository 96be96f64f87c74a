"""The apprise channel: through the library's own plugins to a server on loopback."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from loopback import LoopbackHttp, Request

from monitor.channels import CHANNELS, Channel
from monitor.channels.trial import trial_digest
from monitor.cli.check import command as check
from monitor.codec import decode_alert
from monitor.model import Alert, Delivery, Digest, Later, Message, Receipt, Refused, Sent

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OK = (200, {}, b"")


def channel(*urls: str, timeout_s: float = 10) -> Channel:
    kind = CHANNELS["apprise"]
    config = kind.config.model_validate({"urls": list(urls), "timeout_s": timeout_s})
    return kind.open_channel("chat", config, allow=(), contact="")


def telling(chat: Channel, *messages: Message) -> list[Receipt]:
    """What it answers for each, all sent at once."""

    async def go() -> list[Receipt]:
        try:
            return await asyncio.gather(*(chat.send(_delivery(each), each) for each in messages))
        finally:
            await chat.close()

    return asyncio.run(go())


def _delivery(message: Message) -> Delivery:
    return Delivery(id=f"d-{message.id}", alert=message.id, channel="chat", attempts=1)


@pytest.fixture
def envoys() -> Alert:
    return decode_alert((ROOT / "tests" / "fixtures" / "alerts" / "envoys.json").read_bytes())


@pytest.fixture
def web() -> Iterator[LoopbackHttp]:
    with LoopbackHttp({"/hook": OK, "/other": OK}) as web:
        yield web


def to(web: LoopbackHttp, path: str = "/hook", schema: str = "json", **options: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in options.items())
    return f"{schema}://{web.address}:{web.port}{path}" + (f"?{query}" if query else "")


def said(web: LoopbackHttp, number: int = -1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(web.requests[number].body)
    return found


def test_an_alert_arrives_as_text_with_its_proof_and_link(envoys: Alert, web: LoopbackHttp) -> None:
    # when
    receipts = telling(channel(to(web)), envoys)

    # then
    assert receipts == [Sent(answer="JSON has it")]
    body = said(web)
    assert body["title"] == "[HIGH] U.S. and Iran over Iraq"
    assert body["type"] == "warning"
    lines = body["message"].split("\n")
    assert lines[0] == envoys.article.title
    assert lines[-1] == envoys.article.url
    assert any("sat down in Baghdad" in line for line in lines)
    assert web.requests[0].headers["user-agent"] == "Wirewatch"


@pytest.mark.parametrize(
    ("format_", "bold", "link"),
    [
        ("markdown", "**{}**", "[example.org](https://example.org/a_b)"),
        ("html", "<b>{}</b>", '<a href="https://example.org/a_b">example.org</a>'),
    ],
)
def test_markup_is_ours_alone(
    envoys: Alert, web: LoopbackHttp, format_: str, bold: str, link: str
) -> None:
    # given: a headline that would be a link, a heading, an image and a call to all
    title = "# <img src=x> [free](http://evil.example) *now* @everyone & `x`"
    article = replace(envoys.article, title=title, url="https://example.org/a_b")
    hostile = replace(envoys, article=article, evidence=())

    # when
    telling(channel(to(web, format=format_)), hostile)

    # then
    message = said(web)["message"]
    shown = {
        "markdown": r"\# \<img src=x\> \[free\](http://evil.example) \*now\* @​everyone \& \`x\`",
        "html": "# &lt;img src=x&gt; [free](http://evil.example) *now* @​everyone &amp; `x`",
    }
    assert bold.format(shown[format_]) in message
    assert message.endswith(link)


def test_words_that_matched_are_bold(envoys: Alert, web: LoopbackHttp) -> None:
    telling(channel(to(web, format="markdown")), envoys)
    assert "**Baghdad**" in said(web)["message"]


def test_a_service_that_reads_markdown_whatever_it_is_sent_gets_it_escaped(
    envoys: Alert, web: LoopbackHttp
) -> None:
    # given
    web.pages["/hooks/3ccdd113474722377935511fc85d3dd4"] = OK
    mattermost = f"mmost://{web.address}:{web.port}/3ccdd113474722377935511fc85d3dd4"
    hostile = replace(envoys, article=replace(envoys.article, title="[free](http://evil.example)"))

    # when
    (receipt,) = telling(channel(mattermost), hostile)

    # then
    assert receipt == Sent(answer="Mattermost has it")
    text = said(web)["text"]
    assert text.startswith("**\\[HIGH\\] U.S. and Iran over Iraq**")
    assert "\\[free\\](http://evil.example)" in text


@pytest.mark.parametrize("format_", ["text", "markdown", "html"])
def test_a_long_one_is_cut_to_the_service_and_keeps_headline_and_link(
    envoys: Alert, format_: str
) -> None:
    from monitor.channels.note import note_of, written

    long = replace(envoys, lead="word " * 2000, article=replace(envoys.article, title="x" * 10_000))
    for at_most in (4000, 1000, 500, 140, 30):
        text = written(note_of(long), format_, at_most=at_most, title="A watch")  # type: ignore[arg-type]  # one of three
        assert len(text) <= at_most
        assert "A watch" in text or at_most < 140
        if at_most >= 500:
            assert "https://example.org/world/2024/05/14/us-iran" in text


def test_a_digest_lists_its_alerts_and_counts_the_rest(envoys: Alert, web: LoopbackHttp) -> None:
    # given: more than fits
    _, test = trial_digest("chat", NOON)
    alerts = tuple(replace(envoys, id=f"a{number}") for number in range(300))
    digest = replace(test, alerts=alerts, count=1234)

    # when
    telling(channel(to(web)), digest)

    # then
    body = said(web)
    assert body["title"].startswith("[HIGH] Digest: 1,234 alerts, 1 Mar")
    assert body["message"].count(envoys.article.title) < 300
    left = body["message"].splitlines()[-3:]
    shown = body["message"].count(envoys.article.title)
    assert left[:2] == [
        f"… {300 - shown} more: {envoys.title}",
        "… 934 more that cannot be shown: what was kept of them is gone, or cannot be read",
    ]
    assert left[2].startswith(
        "Not seen: Wirewatch (a test) may have had entries that went by unread since "
    )
    assert len(body["message"]) <= 32768


def test_an_empty_digest_is_told_all_the_same(web: LoopbackHttp) -> None:
    _, test = trial_digest("chat", NOON)
    empty: Digest = replace(test, alerts=(), gaps=(), count=0)
    assert telling(channel(to(web)), empty) == [Sent(answer="JSON has it")]
    assert said(web)["message"].startswith("Digest: no alerts, 1 Mar")


def test_a_no_means_later_with_the_reason_and_without_the_address(
    envoys: Alert, web: LoopbackHttp
) -> None:
    # given
    web.pages["/t0ken-hush"] = (404, {}, b"")
    url = f"json://hush-user:hush-pass@{web.address}:{web.port}/t0ken-hush"

    # when
    (receipt,) = telling(channel(url), envoys)

    # then
    assert isinstance(receipt, Later)
    assert receipt.answer.startswith("JSON did not take it: ")
    assert "404" in receipt.answer
    assert not receipt.down
    assert "hush" not in receipt.answer


def test_no_connection_means_that_the_other_side_is_down(envoys: Alert) -> None:
    (receipt,) = telling(channel("json://127.0.0.1:1/hush-hush"), envoys)
    assert isinstance(receipt, Later)
    assert receipt.down
    assert "hush" not in receipt.answer


def test_a_redirect_is_not_followed(envoys: Alert, web: LoopbackHttp) -> None:
    web.pages["/hook"] = (307, {"Location": "/other"}, b"")
    (receipt,) = telling(channel(to(web)), envoys)
    assert isinstance(receipt, Later)
    assert {request.path for request in web.requests} == {"/hook"}


def test_who_has_it_is_not_told_again(envoys: Alert, web: LoopbackHttp) -> None:
    # given: one of two does not work yet
    web.pages["/other"] = (503, {}, b"")
    chat = channel(to(web), to(web, "/other"), to(web, "/hook", schema="form"))

    # when
    (first,) = telling(chat, envoys)
    web.pages["/other"] = OK
    (second,) = telling(chat, envoys)

    # then
    assert isinstance(first, Later)
    assert second == Sent(answer="JSON has it")
    assert [request.path for request in web.requests].count("/hook") == 2
    assert [request.path for request in web.requests].count("/other") == 2


def test_an_address_that_apprise_does_not_know_is_refused_and_told_by_check(
    envoys: Alert, tmp_path: Path
) -> None:
    # given
    (tmp_path / "channels.toml").write_text(
        '[channel.chat]\ntype = "apprise"\nurls = ["json://127.0.0.1", "slak://hush/hush/hush"]\n'
    )

    # when
    (receipt,) = telling(channel("slak://hush/hush/hush"), envoys)
    checked = CliRunner().invoke(check, ["--config", str(tmp_path)])

    # then
    assert isinstance(receipt, Refused)
    assert receipt.answer.startswith("apprise does not understand slak://… (")
    assert checked.exit_code == 1
    assert "channels.toml [channel.chat] urls[2]: found slak://… (" in checked.stderr
    assert "hush" not in receipt.answer + checked.stderr


def test_a_service_that_hangs_holds_up_nobody_and_gets_no_second_call(
    envoys: Alert, web: LoopbackHttp
) -> None:
    # given
    over = threading.Event()

    def hang(_: Request) -> tuple[int, dict[str, str], bytes]:
        over.wait(10)
        return OK

    web.pages["/hook"] = hang
    chat = channel(to(web, rto="10"), timeout_s=0.3)

    # when
    first, second = telling(chat, envoys, replace(envoys, id="another"))
    over.set()

    # then
    assert isinstance(first, Later)
    assert first.answer.endswith("took longer than 0.3 s")
    assert isinstance(second, Later)
    assert second.answer.endswith("still hangs in an earlier call")
    assert first.down
    assert second.down
    assert len(web.requests) == 1


def test_nothing_of_an_address_is_shown(envoys: Alert) -> None:
    # given
    kind = CHANNELS["apprise"]
    config = kind.config.model_validate({"urls": ["json://hush:hush@127.0.0.1/hush?:hush=hush"]})
    other = kind.config.model_validate({"urls": ["json://hush:hush@127.0.0.1/hash?:hush=hush"]})

    # then
    chat = kind.open_channel("chat", config, allow=(), contact="")
    draft = chat.draft(_delivery(envoys), envoys)
    assert draft.startswith("to JSON (json://… (")
    assert "hush" not in repr(config) + draft
    assert repr(config) != repr(other)


@pytest.mark.parametrize(
    ("urls", "says"),
    [
        ([], "found 0 addresses, wanted 1 to 20"),
        (["hush"], "found no address at place 1"),
        (["json://ok", "//hush"], "found no address at place 2"),
    ],
)
def test_wrong_addresses_are_told_without_them(urls: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        CHANNELS["apprise"].config.model_validate({"urls": urls})
    assert "hush" not in str(refused.value)


def test_nothing_is_said_on_stderr(
    envoys: Alert, capfd: pytest.CaptureFixture[str], make_noise: Callable[[], str]
) -> None:
    telling(channel(make_noise()), envoys)
    assert capfd.readouterr().err == ""


@pytest.fixture
def make_noise() -> Callable[[], str]:
    """An address whose plugin complains."""
    return lambda: "json://127.0.0.1:1/"


def test_a_service_may_take_as_long_as_the_channel_says(envoys: Alert, web: LoopbackHttp) -> None:
    # given: longer than the four seconds that apprise has of itself
    late = threading.Event()
    threading.Timer(4.4, late.set).start()
    web.pages["/hook"] = lambda _: (OK, late.wait(10))[0]

    # then
    (receipt,) = telling(channel(to(web), timeout_s=10), envoys)
    assert receipt == Sent(answer="JSON has it")
    assert len(web.requests) == 1


def test_one_dead_address_silences_no_other(envoys: Alert, web: LoopbackHttp) -> None:
    # given: a service that never answers beside one that works
    over = threading.Event()
    web.pages["/other"] = lambda _: (OK, over.wait(20))[0]
    chat = channel(to(web, "/other", rto="20"), to(web), timeout_s=0.2)
    alerts = [replace(envoys, id=f"a{number}") for number in range(12)]

    # when
    receipts = telling(chat, *alerts)
    again = telling(chat, *alerts)
    over.set()

    # then: it has all, once, and the channel is not called down
    assert [request.path for request in web.requests].count("/hook") == 12
    assert [request.path for request in web.requests].count("/other") == 1
    assert not any(each.down for each in (*receipts, *again) if isinstance(each, Later))
    assert isinstance(again[0], Later)
    assert again[0].answer.endswith("is down, and left alone")
