"""The email channel against a real SMTP server on loopback."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from loopback import free_port
from postbox import Postbox, channel, delivered, listening
from pydantic import ValidationError

from monitor.channels import CHANNELS, Channel
from monitor.channels.mail import receipt_of
from monitor.codec import decode_alert
from monitor.model import Alert, Delivery, Digest, Later, Receipt, Refused, Sent

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture
def envoys() -> Alert:
    return decode_alert((FIXTURES / "alerts" / "envoys.json").read_bytes())


def sending(
    alert: Alert, postbox: Postbox, *to: str, smtp: str = "smtp://127.0.0.1:{port}", **options: Any
) -> Receipt:
    async def go() -> Receipt:
        async with listening(postbox, **options) as port:
            desk = channel(smtp.format(port=port), *to)
            try:
                return await desk.send(delivered(alert), alert)
            finally:
                await desk.close()

    return asyncio.run(go())


def test_a_mail_arrives_as_text_and_html_and_is_recognisable(envoys: Alert) -> None:
    # given
    postbox = Postbox()

    # when
    receipt = sending(envoys, postbox, "Desk <desk@example.org>", "night@example.org")

    # then
    assert receipt == Sent(answer="accepted: 2.0.0 queued as 7F1")
    mail = postbox.only()
    assert postbox.taken[0].mail_from == "wirewatch@example.org"
    assert postbox.taken[0].rcpt_tos == ["desk@example.org", "night@example.org"]
    assert mail["Message-ID"] == f"<{Delivery.id_for(envoys.id, 'desk')}@example.org>"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert isinstance(body, EmailMessage)
        assert "Neither Washington nor" in body.get_content()


def test_a_digest_arrives_as_one_mail(envoys: Alert) -> None:
    # given
    postbox = Postbox()
    others = tuple(replace(envoys, id=f"a{n}", story=f"s{n}") for n in range(2, 13))
    digest = Digest(
        id="d5",
        channel="desk",
        reason="digest",
        since=envoys.raised,
        until=envoys.raised + timedelta(hours=1),
        alerts=(envoys, *others),
        count=12,
    )

    async def go() -> Receipt:
        async with listening(postbox) as port:
            desk = channel(f"smtp://127.0.0.1:{port}", zone="Asia/Baghdad")
            return await desk.send(Delivery(id="d9", alert="d5", channel="desk"), digest)

    # when
    receipt = asyncio.run(go())

    # then
    assert isinstance(receipt, Sent)
    mail = postbox.only()
    assert mail["Subject"] == "[HIGH] Digest: 12 alerts, 1 watch, 14 May 13:13"
    assert mail["List-Id"] == "<desk.digest.wirewatch.example.org>"
    assert mail["Message-ID"] == "<d9@example.org>"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert isinstance(body, EmailMessage)
        assert "Tue 14 May 2024, 12:13 to 13:13 UTC+03" in body.get_content()


def test_a_second_attempt_bears_the_same_message_id(envoys: Alert) -> None:
    # given
    postbox = Postbox()

    async def twice() -> None:
        async with listening(postbox) as port:
            desk = channel(f"smtp://127.0.0.1:{port}")
            delivery = delivered(envoys)
            await desk.send(delivery, envoys)
            await desk.send(replace(delivery, attempts=1), envoys)

    # when
    asyncio.run(twice())

    # then
    first, second = (envelope.content for envelope in postbox.taken)
    assert first == second


def test_a_hostile_title_adds_no_recipient_and_no_header(envoys: Alert) -> None:
    # given
    title = "Envoys\r\nBcc: victim@example.org\r\n.\r\nRCPT TO:<victim@example.org>\r\n\x1b[31m"
    hostile = replace(
        envoys, title=title, story=title, article=replace(envoys.article, title=title)
    )
    postbox = Postbox()

    # when
    receipt = sending(hostile, postbox)

    # then
    assert isinstance(receipt, Sent)
    assert postbox.taken[0].rcpt_tos == ["desk@example.org"]
    assert postbox.only()["Bcc"] is None


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("451 4.3.0 try later", Later(answer="the mail server said 451: 4.3.0 try later")),
        ("550 5.7.1 no thanks", Refused(answer="the mail server said 550: 5.7.1 no thanks")),
    ],
)
def test_the_servers_word_on_the_message_decides(
    envoys: Alert, answer: str, wanted: Receipt
) -> None:
    assert sending(envoys, Postbox(data=answer)) == wanted


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("450 greylisted", Later), ("550 no such user", Refused)],
)
def test_when_nobody_is_accepted_the_kind_of_refusal_decides(
    envoys: Alert, answer: str, kind: type[Receipt]
) -> None:
    # when
    receipt = sending(envoys, Postbox(desk=answer))

    # then
    assert isinstance(receipt, kind)
    assert receipt.answer == (
        f"the mail server took it for nobody: desk@example.org ({answer[:3]} {answer[4:]})"
    )


def test_some_now_and_some_never_is_tried_again(envoys: Alert) -> None:
    # given
    postbox = Postbox(desk="450 greylisted", night="550 gone")

    # then
    receipt = sending(envoys, postbox, "desk@example.org", "night@example.org")
    assert isinstance(receipt, Later)


def test_accepted_for_one_is_sent_and_the_refused_are_named(envoys: Alert) -> None:
    # given
    postbox = Postbox(night="550 5.1.1 no such user")

    # when
    receipt = sending(envoys, postbox, "desk@example.org", "night@example.org")

    # then
    assert receipt == Sent(
        answer="accepted, but not for night@example.org (550 5.1.1 no such user)"
    )
    assert postbox.taken[0].rcpt_tos == ["desk@example.org"]


def test_no_server_there_means_later(envoys: Alert) -> None:
    # given: a port that was free a moment ago
    port = free_port()

    # when
    receipt = asyncio.run(channel(f"smtp://127.0.0.1:{port}").send(delivered(envoys), envoys))

    # then
    assert isinstance(receipt, Later)
    assert receipt.answer.startswith("no connection to the mail server")


@pytest.mark.parametrize(
    "first_bytes", [b"", b"220 hello\r\n", b"garbage\r\n", b"554 no service\r\n"]
)
def test_a_server_that_hangs_up_or_talks_nonsense_is_no_exception(
    envoys: Alert, first_bytes: bytes
) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first_bytes)
        await writer.drain()
        writer.close()

    # when
    receipt = _served(rude, lambda port: channel(f"smtp://127.0.0.1:{port}"), envoys)

    # then
    assert isinstance(receipt, Refused if first_bytes.startswith(b"554") else Later)


def test_a_server_that_hangs_up_after_it_took_the_mail_has_it(envoys: Alert) -> None:
    async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mx\r\n")
        async for row in reader:
            if row.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
                break
            writer.write(b"250 fine\r\n")
        await writer.drain()
        writer.close()

    # then
    receipt = _served(hasty, lambda port: channel(f"smtp://127.0.0.1:{port}"), envoys)
    assert receipt == Sent(answer="accepted: taken")


def _served(
    handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    opened: Callable[[int], Channel],
    alert: Alert,
) -> Receipt:
    async def go() -> Receipt:
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await opened(port).send(delivered(alert), alert)

    return asyncio.run(go())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody trusts yet."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return cert, key


def _context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_server_with_a_strange_certificate_gets_no_mail(
    envoys: Alert, certificate: tuple[Path, Path], scheme: str
) -> None:
    # given
    postbox = Postbox()
    context = _context(certificate)
    tls = {"wrapped": context} if scheme == "smtps" else {"tls_context": context}

    # when
    receipt = sending(envoys, postbox, smtp=scheme + "://127.0.0.1:{port}", **tls)

    # then
    assert isinstance(receipt, Later)
    assert "certificate" in receipt.answer.lower()
    assert postbox.taken == []


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_trusted_server_gets_the_mail_and_the_password(
    envoys: Alert,
    certificate: tuple[Path, Path],
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    postbox = Postbox()
    seen: list[object] = []

    def authenticator(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        seen.append(data)
        return AuthResult(success=True)

    async def go() -> Receipt:
        context = _context(certificate)
        tls: dict[str, Any] = (
            {"wrapped": context, "auth_require_tls": False}
            if scheme == "smtps"
            else {"tls_context": context, "require_starttls": True}
        )
        async with listening(postbox, authenticator=authenticator, **tls) as port:
            desk = channel(f"{scheme}://ann@127.0.0.1:{port}", password="pässword")
            return await desk.send(delivered(envoys), envoys)

    # when
    receipt = asyncio.run(go())

    # then
    assert isinstance(receipt, Sent)
    assert seen == [LoginPassword(login=b"ann", password="pässword".encode())]
    assert len(postbox.taken) == 1


def test_a_server_without_starttls_gets_no_mail_when_it_was_asked_for(envoys: Alert) -> None:
    # given
    postbox = Postbox()

    # when
    receipt = sending(envoys, postbox, smtp="smtp+starttls://127.0.0.1:{port}")

    # then
    assert isinstance(receipt, Later)
    assert "STARTTLS" in receipt.answer
    assert postbox.taken == []


def test_a_wrong_password_is_refused_and_never_shown(envoys: Alert) -> None:
    # given
    def authenticator(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    async def go() -> Receipt:
        async with listening(
            Postbox(), authenticator=authenticator, auth_require_tls=False
        ) as port:
            desk = channel(f"smtp://ann@127.0.0.1:{port}", password="hunter2")
            return await desk.send(delivered(envoys), envoys)

    # when
    receipt = asyncio.run(go())

    # then
    assert isinstance(receipt, Refused)
    assert "535" in receipt.answer
    assert "hunter2" not in receipt.answer


def every_kind_of(error: type[Exception]) -> list[type[Exception]]:
    return [error, *(kind for sub in error.__subclasses__() for kind in every_kind_of(sub))]


@pytest.mark.parametrize("kind", every_kind_of(aiosmtplib.SMTPException))
def test_no_error_of_the_library_is_left_unmapped(kind: type[Exception]) -> None:
    # given
    arguments: dict[type[Exception], tuple[object, ...]] = {
        aiosmtplib.SMTPRecipientsRefused: ([aiosmtplib.SMTPRecipientRefused(550, "no", "a@b.c")],),
        aiosmtplib.SMTPSenderRefused: (550, "no", "a@b.c"),
        aiosmtplib.SMTPRecipientRefused: (550, "no", "a@b.c"),
    }
    answers = issubclass(kind, aiosmtplib.SMTPResponseException)
    given = arguments.get(kind, (550, "no") if answers else ("no",))

    # when
    receipt = receipt_of(kind(*given))

    # then
    refused = answers or kind in {aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPNotSupported}
    assert isinstance(receipt, Refused if refused else Later)
    assert receipt.answer


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), Later),
        (ConnectionResetError("reset by peer"), Later),
        (socket.gaierror(-2, "Name or service not known"), Later),
        (ssl.SSLError("handshake failure"), Later),
        (ValueError("an address that cannot be sent"), Refused),
        (aiosmtplib.SMTPResponseException(-1, "no code at all"), Later),
    ],
)
def test_errors_of_the_connection_are_mapped_too(error: Exception, kind: type[Receipt]) -> None:
    # when
    receipt = receipt_of(error)

    # then
    assert isinstance(receipt, kind)
    assert receipt.answer


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"to": []}, "nobody, wanted"),
        ({"to": "a@example.org"}, "not a list, wanted"),
        ({"to": ["nobody"]}, "not one mail address"),
        ({"to": ["a@"]}, "not one mail address"),
        ({"to": ["Ann <a@example.org"]}, "not one mail address"),
        ({"to": ["a@example.org, b@example.org"]}, "not one mail address"),
        ({"to": ["a@example.org\r\nBcc: b@example.org"]}, "not one line"),
        ({"to": [7]}, "not one line"),
        ({"from": "a@münchen.example"}, "xn--"),
        ({"smtp": "mail.example.org"}, "wanted smtp://host:25"),
        ({"smtp": "https://mail.example.org"}, "wanted smtp://host:25"),
        ({"smtp": "smtp://mail.example.org:x"}, "not a URL"),
        ({"smtp": "smtp://ann:pw@mail.example.org"}, "a password in the URL"),
        ({"smtp": "smtp://mail.example.org/inbox"}, "something behind the port"),
        ({"smtp": 25}, "not text"),
        ({"smtp": "smtps://ann@mail.example.org"}, "go together"),
        ({"password": "pw"}, "go together"),
        ({"smtp": "smtp://ann@mail.example.org", "password": "pw"}, "can be read on its way"),
        ({"cc": "a@example.org"}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_settings_are_refused_in_plain_words(wrong: dict[str, object], says: str) -> None:
    # given
    good = {"to": ["a@example.org"], "from": "b@example.org", "smtp": "smtp://127.0.0.1"}

    # when
    with pytest.raises(ValidationError) as refused:
        CHANNELS["email"].config.model_validate(good | wrong)

    # then
    assert says in str(refused.value)
    assert "pw" not in str(refused.value).replace("https://errors.pydantic.dev", "")


def test_a_password_is_in_no_repr() -> None:
    # given
    config = CHANNELS["email"].config.model_validate(
        {
            "to": ["a@example.org"],
            "from": "b@example.org",
            "smtp": "smtps://mail.example.org",
            "username": "ann",
            "password": "hunter2",
        }
    )

    # then
    assert "hunter2" not in repr(config) + str(config)
