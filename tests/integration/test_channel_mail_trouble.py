"""The email channel against servers that break off or fall silent, and those of a private CA."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from postbox import Postbox, channel, delivered, listening
from pydantic import ValidationError

from monitor.channels.mail import Config, Mail
from monitor.channels.relay import parse_relay
from monitor.channels.relay_fix import fix_of
from monitor.codec import decode_alert
from monitor.model import Alert, Later, Receipt, Refused, Sent
from monitor.settings import load

FIXTURES = Path(__file__).parents[1] / "fixtures"
CERTIFICATE = FIXTURES / "tls" / "loopback.pem"
STEP_S = 0.3

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def envoys() -> Alert:
    return decode_alert((FIXTURES / "alerts" / "envoys.json").read_bytes())


def config(port: int, scheme: str = "smtp", **more: str) -> Config:
    return Config.model_validate(
        {
            "to": ["desk@example.org"],
            "from": "wirewatch@example.org",
            "smtp": f"{scheme}://127.0.0.1:{port}",
            **more,
        }
    )


def handed_to(
    handler: Handler,
    alert: Alert,
    *,
    step_s: float = STEP_S,
    whole_s: float = 20.0,
    scheme: str = "smtp",
) -> Receipt:
    """What the channel answers when it meets this server, with short limits."""

    async def go() -> Receipt:
        ended = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await handler(reader, writer)
            finally:
                writer.close()
                ended.set()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            desk = Mail("desk", config(port, scheme), step_s=step_s, whole_s=whole_s)
            receipt = await desk.send(delivered(alert), alert)
            async with asyncio.timeout(20):
                await ended.wait()
            return receipt

    return asyncio.run(go())


def stops_at(command: bytes) -> Handler:
    """A server that is well until a command comes, and then says nothing more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mx\r\n")
        async for row in reader:
            if row.upper().startswith(command):
                break
            writer.write(b"250 fine\r\n")
        await gone(reader)

    return serve


async def stops_behind_the_mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mx\r\n")
    async for row in reader:
        if row.startswith(b"DATA"):
            break
        writer.write(b"250 fine\r\n")
    writer.write(b"354 go on\r\n")
    await gone(reader)


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await gone(reader)


async def gone(reader: asyncio.StreamReader) -> None:
    """Wait until the other side has gone."""
    with suppress(ConnectionError):
        await reader.read()


def hangs_up_in_data(after: bytes) -> Handler:
    """A server that closes the connection while it is given the mail, or behind it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mx\r\n")
        async for row in reader:
            if row.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(after)
                break
            writer.write(b"250 fine\r\n")
        writer.transport.abort()

    return serve


@pytest.mark.parametrize("after", [b"From:", b"\r\n.\r\n"], ids=["in the mail", "behind the mail"])
def test_a_server_that_drops_the_connection_over_the_mail_gets_it_again(
    envoys: Alert, after: bytes
) -> None:
    # when
    receipt = handed_to(hangs_up_in_data(after), envoys, step_s=20)

    # then: nobody knows whether it has the mail, and the Message-ID tells a second one
    assert isinstance(receipt, Later)
    assert receipt.answer.startswith("no connection to the mail server")


@pytest.mark.parametrize(
    "server",
    [never, *map(stops_at, (b"EHLO", b"MAIL", b"RCPT", b"DATA")), stops_behind_the_mail],
    ids=["at once", "EHLO", "MAIL", "RCPT", "DATA", "behind the mail"],
)
def test_a_server_that_falls_silent_is_left(envoys: Alert, server: Handler) -> None:
    # when
    began = time.monotonic()
    receipt = handed_to(server, envoys)

    # then
    assert receipt == Later(answer="the mail server took too long", down=True)
    assert time.monotonic() - began < 15


def test_a_server_that_answers_each_command_just_in_time_is_left_all_the_same(
    envoys: Alert,
) -> None:
    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mx\r\n")
        await reader.readline()
        left = asyncio.ensure_future(gone(reader))
        while not left.done():  # an answer of lines without end, each in time
            writer.write(b"250-and so on\r\n")
            await asyncio.wait([left], timeout=STEP_S / 10)

    # then
    receipt = handed_to(drips, envoys, whole_s=2 * STEP_S)
    assert receipt == Later(answer="the mail server took too long", down=True)


def served_tls(scheme: str, **more: Any) -> dict[str, Any]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    if scheme == "smtps":
        return {"wrapped": context, "auth_require_tls": False, **more}
    return {"tls_context": context, "require_starttls": True, **more}


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_server_signed_by_an_authority_of_ours_gets_mail_and_password(
    envoys: Alert, scheme: str
) -> None:
    # given
    postbox, seen = Postbox(), []

    def authenticator(*given: object) -> AuthResult:
        seen.append(given[-1])
        return AuthResult(success=True)

    async def go() -> Receipt:
        async with listening(postbox, **served_tls(scheme, authenticator=authenticator)) as port:
            smtp = f"{scheme}://ann@127.0.0.1:{port}"
            desk = channel(smtp, password="hush", tls_ca=str(CERTIFICATE))
            return await desk.send(delivered(envoys), envoys)

    # when
    receipt = asyncio.run(go())

    # then
    assert isinstance(receipt, Sent)
    assert seen == [LoginPassword(login=b"ann", password=b"hush")]
    assert postbox.only()["Subject"].startswith("[HIGH] U.S. and Iran")


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_server_nobody_vouches_for_gets_nothing_and_the_answer_says_what_to_do(
    envoys: Alert, scheme: str
) -> None:
    # given
    postbox = Postbox()

    async def go() -> Receipt:
        async with listening(postbox, **served_tls(scheme)) as port:
            return await channel(f"{scheme}://127.0.0.1:{port}").send(delivered(envoys), envoys)

    # when
    receipt = asyncio.run(go())

    # then
    assert isinstance(receipt, Later)
    assert "certificate is not trusted" in receipt.answer
    assert "tls_ca" in receipt.answer
    assert receipt.down
    assert postbox.taken == []


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_wrong_password_over_tls_is_refused(envoys: Alert, scheme: str) -> None:
    # given
    postbox = Postbox()

    def authenticator(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    async def go() -> Receipt:
        async with listening(postbox, **served_tls(scheme, authenticator=authenticator)) as port:
            smtp = f"{scheme}://ann@127.0.0.1:{port}"
            desk = channel(smtp, password="hunter2", tls_ca=str(CERTIFICATE))
            return await desk.send(delivered(envoys), envoys)

    # when
    receipt = asyncio.run(go())

    # then
    assert isinstance(receipt, Refused)
    assert "535" in receipt.answer
    assert "hunter2" not in receipt.answer
    assert postbox.taken == []


def test_answers_and_leaving_have_addresses_of_their_own(envoys: Alert) -> None:
    # given
    postbox = Postbox()

    async def go() -> Receipt:
        async with listening(postbox) as port:
            desk = channel(
                f"smtp://127.0.0.1:{port}",
                reply_to="Newsroom <newsroom@example.org>",
                unsubscribe="https://example.org/leave?me",
            )
            return await desk.send(delivered(envoys), envoys)

    # when
    receipt = asyncio.run(go())

    # then
    assert isinstance(receipt, Sent)
    mail = postbox.only()
    assert mail["Reply-To"] == "Newsroom <newsroom@example.org>"
    assert mail["List-Unsubscribe"] == "<https://example.org/leave?me>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_leaving_by_mail_is_no_one_click(envoys: Alert) -> None:
    # given
    desk = Mail("desk", config(25, unsubscribe="mailto:leave@example.org?subject=leave"))

    # when
    draft = desk.draft(delivered(envoys), envoys)

    # then
    assert "\nList-Unsubscribe: <mailto:leave@example.org?subject=leave>\n" in draft
    assert "List-Unsubscribe-Post" not in draft


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"unsubscribe": "http://example.org/leave"}, "wanted https://host/leave or mailto:"),
        ({"unsubscribe": "leave@example.org"}, "wanted https://host/leave or mailto:"),
        ({"unsubscribe": "mailto:leave"}, "wanted https://host/leave or mailto:"),
        ({"unsubscribe": "https://"}, "wanted https://host/leave or mailto:"),
        ({"unsubscribe": "https://example.org/a>, <https://b"}, "no space, comma"),
        ({"unsubscribe": "https://example.org/\r\nBcc: a@example.org"}, "no space, comma"),
        ({"unsubscribe": "https://example.org/" + "x" * 500}, "no space, comma"),
        ({"reply_to": "newsroom"}, "not one mail address"),
        ({"reply_to": "a@example.org\r\nBcc: b@example.org"}, "not one line"),
        ({"reply_to": "a" * 250 + "@example.org"}, "at most 254 characters"),
        ({"tls_ca": "ca.pem"}, "from the root on"),
        ({"tls_ca": "/nowhere/ca.pem"}, "found '/nowhere/ca.pem': no such file"),
        ({"tls_ca": "/dev/null"}, "found none in it"),
        ({"tls_ca": str(CERTIFICATE), "scheme": "smtp"}, "of no use over smtp://"),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        config(465, **{"scheme": "smtps", **wrong})


def test_a_mistake_is_told_with_its_file_table_and_key(tmp_path: Path) -> None:
    # given
    (tmp_path / "channels.toml").write_text(
        '[channel.desk]\ntype = "email"\nto = ["desk@example.org"]\nfrom = "w@example.org"\n'
        'smtp = "smtps://mail.example.org"\nunsubscribe = "http://example.org"\n'
        'tls_ca = "/nowhere/ca.pem"\nzone = "Europe/Berlni"\n'
    )

    # when
    with pytest.raises(Exception, match="3 problems in the configuration") as told:
        load(tmp_path)

    # then
    assert str(told.value).splitlines()[1:] == [
        "  channels.toml [channel.desk] zone: found 'Europe/Berlni', wanted a time zone by its"
        ' IANA name, such as "Europe/London". Did you mean Europe/Berlin?',
        "  channels.toml [channel.desk] unsubscribe: found 'http://example.org', wanted"
        " https://host/leave or mailto:leave@host",
        "  channels.toml [channel.desk] tls_ca: found '/nowhere/ca.pem': no such file or"
        " directory, wanted a file of certificates in PEM, from the root on",
    ]


async def wants_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mx\r\n")
    refused = b"530 5.7.0 Must issue a STARTTLS command first\r\n"
    async for row in reader:
        writer.write(refused if row.upper().startswith(b"MAIL") else b"250 ok\r\n")


async def has_no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mx\r\n")
    async for _ in reader:
        writer.write(b"250 fine\r\n")


@pytest.mark.parametrize(
    ("server", "scheme", "fix"),
    [
        (wants_tls, "smtp", 'it wants TLS: write smtp = "smtp+starttls://127.0.0.1:'),
        (
            has_no_tls,
            "smtp+starttls",
            'offers no STARTTLS: write smtp = "smtps://127.0.0.1:465" where it speaks TLS from the'
            ' start, or "smtp://127.0.0.1:25" where nobody can listen on the way',
        ),
        (
            has_no_tls,
            "smtps",
            'speaks no TLS from the start: write smtp = "smtp+starttls://127.0.0.1:587"',
        ),
    ],
    ids=["wants TLS", "no STARTTLS", "no TLS"],
)
def test_a_server_that_wants_the_connection_otherwise_is_told_of_with_the_fix(
    envoys: Alert, server: Handler, scheme: str, fix: str
) -> None:
    receipt = handed_to(server, envoys, scheme=scheme, step_s=10)
    assert fix in receipt.answer


def test_the_port_of_tls_is_told_of_where_it_says_nothing() -> None:
    relay = parse_relay("smtp://mail.example.org:465")
    assert fix_of(TimeoutError(), relay) == (
        'port 465 speaks TLS from the start: write smtp = "smtps://mail.example.org:465"'
    )
    assert fix_of(TimeoutError(), parse_relay("smtp://mail.example.org")) == ""
    assert fix_of(TimeoutError(), parse_relay("smtps://mail.example.org")) == ""
