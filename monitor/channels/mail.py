"""Email: one mail per alert, handed to an SMTP server."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.headerregistry import Address
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import aiosmtplib
from pydantic import BeforeValidator, Field, SecretStr, model_validator

from monitor.channels.channel import Channel, ChannelConfig, IPNetwork, kind
from monitor.channels.envelope import Envelope
from monitor.channels.letter import letter
from monitor.channels.relay import (
    Certificates,
    Relay,
    parse_address,
    parse_addresses,
    parse_certificates,
    parse_relay,
    parse_unsubscribe,
)
from monitor.channels.relay_fix import fix_of
from monitor.channels.safe import clip, line
from monitor.model import Later, Rate, Receipt, Refused, Sent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Delivery, Message

STEP_S = 20.0
"""How long the server may take over one command."""
WHOLE_S = 60.0
"""How long one mail may take altogether."""


_TRUST = "tls_ca of the channel can name a file of certificates to trust"


class Config(ChannelConfig):
    """Alerts by mail. Private relays are fine: the address comes from the configuration."""

    allowance: ClassVar = Rate(most=20, span=timedelta(hours=1))

    type: Literal["email"] = Field(default="email", description="This kind of channel.")
    to: Annotated[tuple[Address, ...], BeforeValidator(parse_addresses)] = Field(
        description="Who gets the mail; all of them see each other."
    )
    sender: Annotated[Address, BeforeValidator(parse_address)] = Field(
        alias="from", description="Who it comes from; its domain makes the Message-IDs."
    )
    smtp: Annotated[Relay, BeforeValidator(parse_relay)] = Field(
        description="The mail server: smtp://host:25 (in clear), smtp+starttls://user@host:587, "
        "smtps://host:465."
    )
    username: str | None = Field(default=None, description="User name, if not in the smtp URL.")
    password: SecretStr | None = Field(
        default=None, description='Password: "env:NAME" or "file:PATH".'
    )

    reply_to: Annotated[Address, BeforeValidator(parse_address)] | None = Field(
        default=None, description="Who gets the answers, if not the sender."
    )
    unsubscribe: Annotated[str, BeforeValidator(parse_unsubscribe)] = Field(
        default="",
        description="Where readers leave, for the button of their mail program: mailto:leave@host "
        "or https://host/leave. An https: one is called with POST (one click).",
    )
    tls_ca: Annotated[Certificates | None, BeforeValidator(parse_certificates)] = Field(
        default=None,
        description="A file of certificates in PEM that the mail server's may be signed by, "
        "beside those the system trusts; from the root on.",
    )

    @model_validator(mode="after")
    def _trust_needs_tls(self) -> Config:
        if self.tls_ca is not None and self.smtp.tls == "none":
            raise ValueError(
                "tls_ca is of no use over smtp://: wanted smtp+starttls:// or smtps://"
            )
        return self

    @model_validator(mode="after")
    def _credentials_go_together(self) -> Config:
        if (self.user is None) != (self.password is None):
            raise ValueError("username and password go together: one of them is missing")
        if self.password is not None and self.smtp.tls == "none" and not self.smtp.is_local:
            raise ValueError(
                "a password over smtp:// can be read on its way: use smtp+starttls:// or smtps://"
            )
        return self

    @property
    def user(self) -> str | None:
        """The user name, from the table or from the smtp URL."""
        return self.username or self.smtp.user


def open_channel(
    name: str, config: Config, *, allow: tuple[IPNetwork, ...], contact: str
) -> Channel:
    """A mail channel. The relay may be private: `[net] allow` is about feeds, pages, webhooks."""
    return Mail(name, config)


KIND = kind(Config, open_channel)


class Mail:
    """One connection per mail: alerts are few, and a connection kept open is one that breaks."""

    def __init__(
        self, name: str, config: Config, *, step_s: float = STEP_S, whole_s: float = WHOLE_S
    ) -> None:
        self.name = name
        self._config = config
        self._step_s, self._whole_s = step_s, whole_s
        self._envelope = Envelope(
            sender=config.sender,
            recipients=config.to,
            reply_to=config.reply_to,
            unsubscribe=config.unsubscribe,
            zone=config.zone,
        )

    async def send(self, delivery: Delivery, message: Message) -> Receipt:
        """Hand the mail over. Sent if the server took it for at least one recipient."""
        mail = letter(delivery, message, self._envelope)
        try:
            async with asyncio.timeout(self._whole_s):
                return await self._hand_over(mail.as_bytes())
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            receipt = receipt_of(error)
            fix = fix_of(error, self._config.smtp)
            return replace(receipt, answer=f"{receipt.answer}. {fix}") if fix else receipt

    def draft(self, delivery: Delivery, message: Message) -> str:
        """Who is given the mail, its headers and its plain text."""
        mail, relay = letter(delivery, message, self._envelope), self._config.smtp
        headers = "\n".join(f"{name}: {value}" for name, value in mail.items())
        body = mail.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        return f"to {relay.host} port {relay.port}\n{headers}\n\n{text}"

    async def close(self) -> None:
        """Nothing to give back."""

    async def _hand_over(self, mail: bytes) -> Receipt:
        config, relay = self._config, self._config.smtp
        server = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            use_tls=relay.tls == "tls",
            start_tls=relay.tls == "starttls",
            tls_context=None if config.tls_ca is None else config.tls_ca.trusted(),
            username=config.user,
            password=config.password.get_secret_value() if config.password else None,
            local_hostname=config.sender.domain,
            timeout=self._step_s,
        )
        try:
            await server.connect()
            refused, said = await server.sendmail(
                config.sender.addr_spec, [address.addr_spec for address in config.to], mail
            )
            with suppress(aiosmtplib.SMTPException, OSError):  # it has the mail: goodbye is manners
                await server.quit()
        finally:
            server.close()
        if not refused:
            return Sent(answer=f"accepted: {_shown(said)}")
        names = _refusals((to, answer.code, answer.message) for to, answer in refused.items())
        return Sent(answer=f"accepted, but not for {names}")


def receipt_of(error: Exception) -> Later | Refused:
    """What an error of aiosmtplib or of the connection means for the delivery."""
    if (found := _not_trusted(error)) is not None:
        said = f"the mail server's certificate is not trusted ({_shown(found.verify_message)})"
        return Later(answer=f"{said}: {_TRUST}", down=True)
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            return _nobody(error.recipients)
        case aiosmtplib.SMTPResponseException(code=code):
            answer = f"the mail server said {code}: {_shown(error.message)}"
            return Refused(answer=answer) if 500 <= code < 600 else Later(answer=answer)
        case aiosmtplib.SMTPNotSupported():
            return Refused(answer=f"the mail server cannot: {_shown(error.message)}")
        case TimeoutError():
            return Later(answer="the mail server took too long", down=True)
        case OSError():  # aiosmtplib's connection errors are OSErrors too
            answer = f"no connection to the mail server: {_shown(str(error))}"
            return Later(answer=answer, down=True)
        case aiosmtplib.SMTPException():
            return Later(answer=f"the mail server did not take it: {_shown(error.message)}")
        case _:
            return Refused(answer=f"the mail cannot be sent as it is: {_shown(str(error))}")


def _not_trusted(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """What was wrong with the server's certificate, if that is what the error comes from."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _nobody(refusals: list[aiosmtplib.SMTPRecipientRefused]) -> Later | Refused:
    names = _refusals((each.recipient, each.code, each.message) for each in refusals)
    answer = f"the mail server took it for nobody: {names}"
    if any(400 <= each.code < 500 for each in refusals):
        return Later(answer=answer)
    return Refused(answer=answer)


def _refusals(refusals: Iterable[tuple[str, int, str]]) -> str:
    return "; ".join(f"{line(to)} ({code} {_shown(said)})" for to, code, said in refusals)


def _shown(said: str) -> str:
    """A server's words, for a log."""
    return clip(line(said), 200)
