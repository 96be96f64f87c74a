"""`wirewatch health`: whether a service of this machine lives, in a line and an exit code.

Asked every few seconds by whoever keeps containers, so it loads next to nothing: Redis is asked
what the service last said of itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli import options
from monitor.cli.address import redis_url
from monitor.heartbeat import STUCK_S
from monitor.pulse import SILENT_S

if TYPE_CHECKING:
    from monitor.store import Beat, Present, Store

STALLED_S = 60.0

PAGES_MORE_S = 900.0
"""A page may be waited for so long anyway (`store.pages.PATIENCE`), and is late only then."""

NOUNS = {"articles": "article", "pages": "page", "deliveries": "delivery"}


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
    help="How late it may be: a poller with its polls, a worker with the queues that it serves.",
)
@click.option("--host", metavar="NAME", help="Of another machine, by its host name.")
@click.option("--pid", type=int, metavar="PID", help="Only this one of several on the machine.")
def command(
    config: Path, data: Path, service: str, lag: timedelta, host: str | None, pid: int | None
) -> None:
    """Whether a service lives: its loop goes round, Redis answers, it is not late. Exit 1 if not.

    Of several on one machine all must live, but for those that another has been started in place
    of. One line says what it found. The configuration is not loaded; `check` is for that.
    """
    # here, not above: the store takes longer to load than the rest of this together
    from monitor.errors import Bug, SchemaMismatch, StoreUnavailable
    from monitor.store import Store
    from monitor.store.beats import own_host
    from monitor.store.connecting import COMMAND_S
    from monitor.terminal import escaped

    url = redis_url(config) or _embedded(data)
    if not url:
        click.echo(f"{service}: nothing runs on {data}, and no [redis] url is set", err=True)
        sys.exit(1)
    store = Store(url, within_s=COMMAND_S)
    try:
        troubles = [*_troubles(store, service, host or own_host(), pid, lag)]
    except (SchemaMismatch, StoreUnavailable, Bug) as error:
        troubles = [error.message]
    finally:
        store.close()
    click.echo(escaped(f"{service}: {'; '.join(troubles) or 'ok'}"), err=True)
    for each in store.damage.found:
        click.echo(escaped(f"{service}: {each}"), err=True)
    sys.exit(1 if troubles else 0)


def _embedded(data: Path) -> str | None:
    from monitor.embedded.process import url_of

    return url_of(data)


def _troubles(
    store: Store, service: str, host: str, pid: int | None, lag: timedelta
) -> Iterator[str]:
    store.look_at_schema()
    present = store.beats.present()
    here = [
        beat
        for beat in present.beats
        if (beat.service, beat.host) == (service, host) and pid in (None, beat.pid)
    ]
    if not here:
        of = "" if pid is None else f" as process {pid}"
        yield f"none has said within the hour that it runs on {host}{of}"
        return
    wanted = [beat for beat in here if pid is not None or beat in present.awaited]
    for beat in wanted:
        for trouble in _stalled(present, beat):
            yield trouble if len(here) == 1 else f"process {beat.pid}: {trouble}"
    yield from _late(store, service, wanted, lag.total_seconds())


def _stalled(present: Present, beat: Beat) -> Iterator[str]:
    from monitor.store.beats import QUIET_S

    age_s = present.age_s(beat)
    if age_s > QUIET_S:
        yield f"it has not been heard of for {age_s:.0f} s"
    elif beat.ticked_s > STALLED_S:
        yield f"its loop has not come round for {beat.ticked_s:.0f} s"
    elif beat.silent_s > SILENT_S:
        yield f"one of its processes has not run for {beat.silent_s:.0f} s"
    elif beat.still_s > STUCK_S:
        yield f"one of its processes has not gone round its loop for {beat.still_s:.0f} s"
    if beat.refused:
        yield beat.refused


def _late(store: Store, service: str, beats: Iterable[Beat], lag_s: float) -> Iterator[str]:
    """What has waited for too long: polls, or the queues that these workers serve."""
    waits: dict[str, tuple[float, float]] = {}
    if service == "poller":
        waits["the first poll that is due"] = max(beat.behind_s for beat in beats), lag_s
    else:
        for queue in sorted({queue for beat in beats for queue in beat.queues}):
            may_s = lag_s + (PAGES_MORE_S if queue == "pages" else 0.0)
            waits[f"the oldest {NOUNS[queue]}"] = store.view.depth(queue).oldest_s, may_s
    for what, (late_s, may_s) in waits.items():
        if late_s > may_s:
            yield f"{what} has waited for {late_s:.0f} s (--lag {lag_s:.0f} s)"
