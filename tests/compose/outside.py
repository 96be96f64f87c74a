"""What is outside in the soak, each in a container of its own: `feeds`, `mail` or `hook`.

    python outside.py feeds      an HTTP proxy through which every feed of the town is reached
    python outside.py mail       an SMTP server
    python outside.py hook       takes webhooks

All may be killed at any time: what was asked and taken is appended to files of the folder /town
before it is answered.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

import world
from deadline import at_last
from loopback import Answer, LoopbackHttp, Request
from scripted_feeds import Day, Feed, answer
from town import PLAN, Plan, address, source_id

TOWN = Path("/town")
PLANNED_S = 60.0
"""So long the plan is waited for; then the container ends, and begins anew."""

ANYWHERE = "0.0.0.0"  # in a network of containers that leads nowhere
LATER, CUT = 0.03, 0.01
"""How often mail server and webhook say "later", and how often they take a message and hang up."""


class Notes:
    """A file of JSON Lines."""

    def __init__(self, name: str) -> None:
        self._file = os.open(TOWN / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)

    def add(self, **row: object) -> None:
        os.write(self._file, (json.dumps({"at": time.time(), **row}) + "\n").encode())


def plan() -> Plan:
    """What is to be published; waits for it. Raises FileNotFoundError when it does not come."""
    at_last((TOWN / PLAN).exists, within_s=PLANNED_S, every_s=0.2)
    return Plan.read(TOWN)


def told(day: Day, feed: Feed, asked: Notes, request: Request) -> Answer:
    """What the server of a feed says, and a note of it."""
    status, headers, body = answer(day, lambda: datetime.now(UTC), feed, request)
    cut = not isinstance(body, bytes)
    asked.add(source=source_id(feed), status=status, cut=cut)
    return status, headers, body


def feeds() -> None:
    """Serve every feed."""
    script, asked = plan(), Notes("asked.jsonl")
    pages = {
        f"{address(number)}{home}": partial(told, script.day, feed, asked)
        for number, feed in enumerate(script.published())
        for home in ("", "/home")
    }
    serve(pages)


def hook() -> None:
    """Take webhooks."""
    taken = Notes("hooks.jsonl")

    def take(request: Request) -> Answer:
        lot = random.random()
        if lot < LATER:
            return 503, {}, b"later"
        data = json.loads(request.body)["data"]
        taken.add(
            id=request.headers["webhook-id"],
            watch=data["watch"],
            alert=data["alert"],
            path=request.path,
        )
        if lot < LATER + CUT:
            raise ConnectionResetError("by the script")
        return 200, {}, b""

    serve({"/hook": take, "/second": take})


def serve(pages: Mapping[str, Callable[[Request], Answer]]) -> None:
    with LoopbackHttp(pages, address=ANYWHERE, port=8000) as web:
        while not threading.Event().wait(5):
            web.requests.clear()


async def mail() -> None:
    """Take mail."""
    taken = Notes("mails.jsonl")

    def take(letter: EmailMessage) -> str:
        lot = random.random()
        if lot < LATER:
            return "451 4.3.0 later"
        taken.add(id=letter["Message-ID"].strip("<>").partition("@")[0], subject=letter["Subject"])
        if lot < LATER + CUT:
            raise ConnectionResetError("by the script")
        return "250 taken"

    server = await asyncio.start_server(
        partial(world.smtp, taken=take), ANYWHERE, 2525, limit=world.LINE_BYTES
    )
    await server.serve_forever()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["feeds"]:
            feeds()
        case ["hook"]:
            hook()
        case ["mail"]:
            asyncio.run(mail())
        case other:
            sys.exit(f"wanted feeds, mail or hook, found {other}")
