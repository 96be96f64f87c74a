"""Channels: can they be reached? Nothing is sent through any of them."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiosmtplib

from monitor.channels import atom, file, mail, webhook
from monitor.channels import exec as exec_
from monitor.channels.channel import ChannelConfig
from monitor.channels.safe import clip, line
from monitor.cli.doctor.finding import Finding, ok, problem, unseen, warning
from monitor.cli.doctor.folders import writable
from monitor.net.guard import Guard
from monitor.settings import ChannelSettings, Settings

STEP_S: Final = 10.0

Look = Callable[[str, ChannelConfig, Settings], Awaitable[Finding]]


async def channel_findings(settings: Settings) -> tuple[Finding, ...]:
    """Every channel that somebody names, all at a time."""
    looks = [_look(name, channel, settings) for name, channel in settings.channels.items()]
    return tuple(await asyncio.gather(*looks))


async def _look(name: str, channel: ChannelSettings, settings: Settings) -> Finding:
    about = f"channel {name}"
    look = LOOKS.get(channel.type)
    if look is None:
        fix = f"`wirewatch channels test {name}` sends a test"
        return unseen(about, f"loads; {channel.type} cannot be tried without telling", fix)
    try:
        return await look(about, channel.config, settings)
    except TimeoutError:
        return problem(about, f"no answer in {STEP_S:.0f} s", "See whether a firewall is between")


async def _email(about: str, config: ChannelConfig, _: Settings) -> Finding:
    """Connect, encrypt, log in, take leave."""
    assert isinstance(config, mail.Config)
    relay = config.smtp
    server = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        use_tls=relay.tls == "tls",
        start_tls=relay.tls == "starttls",
        username=config.user,
        password=config.password.get_secret_value() if config.password else None,
        local_hostname=config.sender.domain,
        timeout=STEP_S,
    )
    place = f"{relay.host} port {relay.port}"
    try:
        await server.connect()
        await server.quit()
    except aiosmtplib.SMTPAuthenticationError as error:
        said = f"{place} refuses the login: {error.code} {_words(error.message)}"
        return problem(about, said, "Mend `username` and `password` of the channel")
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        said = f"{place}: {_words(str(error))}"
        return problem(about, said, "Mend `smtp` of the channel, or the mail server")
    finally:
        server.close()
    how = {"none": "in clear", "starttls": "with STARTTLS", "tls": "with TLS"}[relay.tls]
    login = f"login of {config.user} taken" if config.user else "no login"
    return ok(about, f"{place} answers {how}, {login}")


async def _webhook(about: str, config: ChannelConfig, settings: Settings) -> Finding:
    """Connect and encrypt, by the guard that calls go through."""
    assert isinstance(config, webhook.Config)
    parts = urlsplit(config.url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    place = f"{host} port {port}"
    try:
        await _greeted(host, port, secure=secure, guard=Guard(settings.allow))
    except PermissionError as error:
        said = f"{place} is refused: {error.strerror}"
        return problem(about, said, "If it is meant, add its network to [net] allow")
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or str(error)
        said = f"{place}: {_words(why)}"
        return problem(about, said, "The receiver needs a certificate that this machine trusts")
    except TimeoutError:
        raise
    except OSError as error:
        said = f"{place}: {_words(error.strerror or str(error))}"
        return problem(about, said, "Mend `url` of the channel, or start the receiver")
    return ok(about, f"{place} answers{' with TLS' if secure else ''}")


async def _greeted(host: str, port: int, *, secure: bool, guard: Guard) -> None:
    """Connect to the first address that lets us. Raises OSError of the last that did not."""
    loop, failed = asyncio.get_running_loop(), OSError(0, "no address")
    for info in await loop.getaddrinfo(host, port, type=1):
        try:
            made = guard.socket(info)
            try:
                async with asyncio.timeout(STEP_S):
                    await loop.sock_connect(made, info[4])
                    trust = ssl.create_default_context() if secure else None
                    _, writer = await asyncio.open_connection(
                        sock=made, ssl=trust, server_hostname=host if secure else None
                    )
            except BaseException:
                made.close()
                raise
            writer.close()
        except OSError as error:
            failed = error
        else:
            return
    raise failed


async def _exec(about: str, config: ChannelConfig, _: Settings) -> Finding:
    assert isinstance(config, exec_.Config)
    program = config.command[0]
    if not Path(program).is_file():
        return problem(about, f"{program} is not there", "Install it, or mend `command`")
    if not os.access(program, os.X_OK):
        return problem(about, f"{program} may not be run by us", f"`chmod +x {program}`")
    return ok(about, f"{program} can be run")


async def _file(about: str, config: ChannelConfig, _: Settings) -> Finding:
    assert isinstance(config, file.Config)
    path = Path(config.path)
    if path.exists() and not os.access(path, os.W_OK):
        return problem(about, f"{path} cannot be written by us", "Give it to our user: `chown`")
    return writable(about, path.parent)


async def _atom(about: str, config: ChannelConfig, _: Settings) -> Finding:
    assert isinstance(config, atom.Config)
    return writable(about, Path(config.folder))


async def _console(about: str, _: ChannelConfig, __: Settings) -> Finding:
    return ok(about, "prints")


LOOKS: Final[Mapping[str, Look]] = {
    "email": _email,
    "webhook": _webhook,
    "exec": _exec,
    "file": _file,
    "atom": _atom,
    "console": _console,
}
"""How each kind of channel is looked at; of others it is only said that they load."""


def told_nobody(settings: Settings) -> Iterator[Finding]:
    """Watches that tell nobody, which is legal and seldom meant."""
    silent = [watch.id for watch in settings.watches if watch.enabled and not watch.notify]
    if silent:
        fix = "Name a channel in `notify` if somebody should hear of it"
        yield warning("watches", f"{', '.join(silent)} tell nobody", fix)


def _words(said: str) -> str:
    return clip(line(said), 200)
