"""What is said while it runs: structured logs with one canonical line per unit of work.

Every event has a name of the form noun.past_verb and stands in EVENTS; a test holds the two equal.
Secrets never get here: settings keep them in a type that prints as asterisks.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor

from monitor.terminal import escaped

EVENTS: dict[str, str] = {
    "article.judged": "canonical: an article was read once, its outcome committed",
    "article.read": "debug: what an article is about, and the job it came in",
    "article.failed": "an article could not be judged; it is tried again alone, or set aside",
    "article.set_aside": "an article became a dead letter after too many failures of its own",
    "alert.raised": "a watch spoke for a story",
    "alert.updated": "an alert is told again: its story has reached a step of `updates`",
    "bundle.delayed": "what a take tells was decided again and again, and others always told first:"
    " its jobs come back in a moment",
    "bundle.retaken": "a commit was void: the lease or a version had changed; decided again",
    "config.awaited": "the folder of the configuration does not answer; what is in force goes on",
    "config.refused": "another configuration has this problem; the old one stays in force, whole",
    "config.reloaded": "another configuration is in force: what is different",
    "config.restored": "the files say again what is in force: what was refused is gone",
    "config.restart_wanted": "part of the new configuration is read at start only",
    "channel.disabled": "a channel said it is gone for good (410); nothing more is sent to it",
    "channel.recovered": "a channel that was left alone works again",
    "channel.tripped": "the other side of a channel is down: it is left alone for a while",
    "delivery.sent": "canonical: a channel has the alert",
    "delivery.delayed": "canonical: not now; will be tried again",
    "delivery.failed": "a channel raised what it should have answered: a bug, with its traceback",
    "delivery.overtaken": "an attempt came to an end when another had begun: that one decides",
    "delivery.parked": "canonical: will not work; waits for a person",
    "gathering.delayed": "gathered alerts are due and wait on: quiet hours, hours, the next digest",
    "gathering.refused": "gathered alerts are due and cannot be told: their record is not what we"
    " write; tried again in a minute, and the others are told",
    "digest.released": "gathered alerts are told together: a digest, or the summary of a watch",
    "endpoint.failed": "the address for metrics and health is not to be had, or metrics are not",
    "endpoint.opened": "metrics and health are told on this address",
    "example.failed": "a watch does not do what its example says; as we start it is in force",
    "folder.awaited": "another process holds the data folder; we wait for it to end",
    "gap.suspected": "a poll shares no entry with the last one: some may have come and gone unseen",
    "heartbeat.failed": "the heartbeat was sent, and not answered with 2xx; told once",
    "heartbeat.resumed": "the heartbeat is sent again, and answered",
    "heartbeat.withheld": "a loop has died or is stuck, so no heartbeat is sent; told once",
    "host.parked": "a server asked to be left alone (429, 503); its feeds wait",
    "letter.expired": "a dead letter that nobody looked after in time was forgotten",
    "lease.returned": "work of a dead or stalled process went back to its queue",
    "leader.awaited": "another poller leads; this one stands by",
    "leader.deposed": "this poller's lease has run out, and it polls no more: why",
    "leader.elected": "this poller leads: it polls",
    "leader.resigned": "this poller stops, and another may lead at once",
    "page.delayed": "a page could not be read now; it is asked for again",
    "page.missed": "canonical: an article goes on with its feed's text, and why not its page's",
    "page.read": "canonical: an article goes on with the text of its page",
    "poller.started": "the poller watches its sources",
    "poller.waited": "the queues are longer than their bound, or Redis does not take writes",
    "round.failed": "what a service does again and again met a bug (upkeep, leases, its beat); it"
    " goes on",
    "process.cut": "a service did not come to its end in time when it was told to, and was cut off;"
    " what it held is taken by others when its leases have run out",
    "process.ended": "a child process ended; it is replaced unless we are stopping",
    "process.stalled": "a child process did not run (stopped, or its loop is stuck): it is killed,"
    " and replaced",
    "process.started": "a child process runs",
    "push.received": "a hub has told of news in a feed; its poll is hurried",
    "push.refused": "a call of the WebSub callback that nobody asked for, or no hub has signed",
    "schema.refused": "the data in Redis is of another version: the service ends, touching nothing",
    "seed.read": "canonical: a seed file was read and its articles enqueued",
    "seed.skipped": "a seed file holds nothing new, or could not be read",
    "source.fetched": "debug: a server has answered a poll, in how long and with how much",
    "source.scheduled": "debug: when a feed is due again after a poll, and why not earlier",
    "source.failed": "canonical: a poll failed; the source is tried again later",
    "source.forgotten": "a feed or seed file was gone for 60 days: nothing is known of it any more",
    "source.moved": "a feed's permanent redirect was believed, or is given up",
    "source.paused": "a person paused a feed: it is not polled",
    "source.polled": "canonical: a feed was polled",
    "source.problem": "something odd in a source that did not stop the rest",
    "source.resumed": "a person let a paused feed go on",
    "source.retired": "a feed says that it is gone for good (410); asked once a month",
    "source.told": "the operators were told of a source's trouble, or that it is over",
    "source.skipped": "with --once: not polled, as it is paused or its host asked for peace",
    "store.mended": "the append-only file ended inside a write; that unfinished end was cut off",
    "store.emptied": "the state in Redis is gone; what was queued is lost; going on",
    "store.refused": "Redis does not let our user run a command: which, and what to do; everyone"
    " waits, and nothing is lost",
    "store.restarted": "the embedded server was restarted",
    "store.unavailable": "Redis does not answer, take writes or allow them; everyone waits",
    "store.available": "Redis answers again, and has taken a write",
    "subscription.asked": "a hub was asked for a subscription, or to prolong one",
    "subscription.confirmed": "a hub has confirmed a subscription that we asked for",
    "value.refused": "a value in Redis is not what we write: it is left out, and named once",
    "watch.silent": "a watch has found less than is expected of it; its channels are told",
    "subscription.refused": "a hub did not take or keep a subscription; polls go on as before",
}

Format = Literal["auto", "json", "console"]
Level = Literal["debug", "info", "warning", "error"]

ROTATE_BYTES = 16 << 20
"""A log file larger than that is put aside."""

LOOK_EVERY_LINES = 200


def set_up(*, level: Level, format_: Format, file: Path | None = None) -> None:
    """Configure logging once per process. `auto` is console on a terminal, JSON otherwise.

    With a `file`, every line goes there, and warnings and errors to stderr too, in words.
    """
    terminal = file is None and sys.stderr.isatty()
    out = cast(TextIO, Unfailing() if file is None else LogFile(file))
    as_json = format_ == "json" or (format_ == "auto" and not terminal)
    renderer: Processor = _as_json if as_json else structlog.dev.ConsoleRenderer(colors=terminal)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if file is None else [_told]),
            structlog.processors.format_exc_info,
            _in_order if as_json else _escaped,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )


def set_level(level: Level) -> None:
    """Log from this level on, from now; what was set up stays."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        )
    )


class Unfailing:
    """Standard error, for a log: that nobody listens, or the disk is full, ends nothing."""

    def write(self, text: str) -> None:
        """Say it, or lose it."""
        with suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Let it out, or lose it."""
        with suppress(OSError, ValueError):
            sys.stderr.flush()


class LogFile:
    """A file that several processes append to, a line in one write, and that stays bounded.

    Whoever finds it too large puts it aside as NAME.old; the others notice that it has moved.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lines = path, 0
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = self._opened()

    def write(self, text: str) -> None:
        """Append a line. A disk that is full or gone loses it: no log ends what it tells of."""
        with suppress(OSError):
            if self._lines % LOOK_EVERY_LINES == 0:
                self._look()
            self._lines += 1
            os.write(self._file, text.encode("utf-8", "replace"))

    def flush(self) -> None:
        """Nothing is held back."""

    def _opened(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _look(self) -> None:
        try:
            moved = self._path.stat().st_ino != os.fstat(self._file).st_ino
        except FileNotFoundError:
            moved = True
        if not moved and os.fstat(self._file).st_size > ROTATE_BYTES:
            self._path.replace(self._path.with_name(self._path.name + ".old"))
            moved = True
        if moved:
            os.close(self._file)
            self._file = self._opened()


def _in_order(_: object, __: str, event: EventDict) -> EventDict:
    """When, how bad and what come first in a line."""
    return {name: event[name] for name in ("timestamp", "level", "event")} | dict(event)


_JSON = structlog.processors.JSONRenderer(ensure_ascii=False)


def _as_json(logger: object, method: str, event: EventDict) -> str:
    """A line of JSON that commands no terminal, though it often ends on one."""
    return escaped(str(_JSON(logger, method, event)))


def _escaped(_: object, __: str, event: EventDict) -> EventDict:
    """A traceback for a terminal, which may quote a stranger; all else structlog escapes itself."""
    if "exception" in event:
        event["exception"] = escaped(str(event["exception"]))
    return event


def _told(_: object, method: str, event: EventDict) -> EventDict:
    """Also tell a person what needs one: a line in words on stderr, escapes removed."""
    if method in ("warning", "error", "exception", "critical"):
        said = ", ".join(
            str(value) if str(value).startswith(f"{name} ") else f"{name} {value}"
            for name, value in event.items()
            if name not in ("event", "level", "timestamp", "exc_info") and value is not None
        )
        line = "".join(c if c.isprintable() else " " for c in f"{event['event']}: {said}")
        with suppress(OSError, ValueError):  # nobody listens any more
            sys.stderr.write(f"{method}: {line}\n")
            sys.stderr.flush()
    return event


def logger() -> FilteringBoundLogger:
    """The logger; context is bound once per job with `structlog.contextvars`."""
    return cast(FilteringBoundLogger, structlog.get_logger())
