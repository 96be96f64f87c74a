"""`wirewatch health`: whether a service of this machine lives, in a line and an exit code.

Asked every few seconds by whoever keeps containers, so it loads next to nothing: Redis is asked
what the service last said of itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli import options
from monitor.cli.address import redis_url

if TYPE_CHECKING:
    from monitor.store import Beat, Present, Store

QUIET_S = 20.0
STALLED_S = 60.0


def _span(_ctx: click.Context, _param: click.Parameter, text: str) -> timedelta:
    units = {"s": 1, "m": 60, "h": 3600}
    try:
        return timedelta(seconds=float(text[:-1]) * units[text[-1:]])
    except (ValueError, KeyError):
        raise click.BadParameter(f'found {text!r}, wanted a time such as "90s" or "15m"') from None


@click.command("health")
@options.config
@options.data
@click.option(
    "--service",
    type=click.Choice(("poller", "worker")),
    required=True,
    help="Which service of this machine, or of this container.",
)
@click.option(
    "--lag",
    "lag",
    callback=_span,
    default="15m",
    show_default=True,
    metavar="TIME",
    help="How late it may be: a poller with its polls, a worker with the oldest unjudged article.",
)
@click.option("--host", metavar="NAME", help="Of another machine, by its host name.")
def command(config: Path, data: Path, service: str, lag: timedelta, host: str | None) -> None:
    """Whether a service lives: its loop goes round, Redis answers, it is not late. Exit 1 if not.

    One line says what it found. The configuration is not loaded; `check` is for that.
    """
    # here, not above: the store takes longer to load than the rest of this together
    from monitor.errors import StoreUnavailable
    from monitor.store import Store
    from monitor.store.beats import own_host

    url = redis_url(config) or _embedded(data)
    if not url:
        click.echo(f"{service}: nothing runs on {data}, and no [redis] url is set", err=True)
        sys.exit(1)
    store = Store(url)
    try:
        troubles = [*_troubles(store, service, host or own_host(), lag)]
    except StoreUnavailable as error:
        troubles = [error.message]
    finally:
        store.close()
    click.echo(f"{service}: {'; '.join(troubles) or 'ok'}", err=True)
    sys.exit(1 if troubles else 0)


def _embedded(data: Path) -> str | None:
    from monitor.embedded.process import url_of

    return url_of(data)


def _troubles(store: Store, service: str, host: str, lag: timedelta) -> Iterator[str]:
    present = store.beats.present()
    here = [beat for beat in present.beats if (beat.service, beat.host) == (service, host)]
    if not here:
        yield f"none has said within the hour that it runs on {host}"
        return
    beat = max(here, key=lambda each: each.at)
    yield from _stalled(present, beat)
    late_s = beat.behind_s if service == "poller" else store.view.depth("articles").oldest_s
    if late_s > lag.total_seconds():
        what = "the first poll that is due" if service == "poller" else "the oldest article"
        yield f"{what} has waited for {late_s:.0f} s (--lag {lag.total_seconds():.0f} s)"


def _stalled(present: Present, beat: Beat) -> Iterator[str]:
    age_s = present.age_s(beat)
    if age_s > QUIET_S:
        yield f"it has not been heard of for {age_s:.0f} s"
    elif beat.ticked_s > STALLED_S:
        yield f"its loop has not come round for {beat.ticked_s:.0f} s"
