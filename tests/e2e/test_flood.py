"""One watch in a flood: a mailbox gets its allowance and one summary, and nobody else waits."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from inbox import Inbox, opened
from product import Product

from benchmarks.matchbench.articles import World

ALLOWANCE = 20
WATCHLIST = f"""
[watch.flood]
title   = "Everything"
when    = "zeppelin"
notify  = ["desk"]
at_most = "{ALLOWANCE} per minute"
[watch.other]
title   = "One thing"
when    = "submarine"
notify  = ["desk"]
severity = "high"
"""
CHANNELS = """
[channel.desk]
type = "email"
to   = ["desk@example.org"]
from = "wirewatch@example.org"
smtp = "smtp://127.0.0.1:{port}"
"""


@pytest.mark.soak  # a small one is among the tests of gatherings
@pytest.mark.timeout(900)
@pytest.mark.parametrize("stories", [10_000])
def test_a_flood_is_an_allowance_and_one_summary(
    product: Product, until: Callable[..., None], stories: int
) -> None:
    # given: the one article of the other watch comes in the middle
    words, draw = World().words, random.Random(5)
    rows = [
        {
            "id": f"{number}",
            "source": f"paper-{number % 50}",
            "title": f"Zeppelin {number}",
            "body": "A zeppelin was seen. " + " ".join(draw.choices(words, k=60)) + ".",
        }
        for number in range(stories)
    ]
    rows.insert(stories // 2, {"id": "s", "source": "x", "title": "Submarine", "body": "One."})
    product.seed("flood.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    with opened() as (inbox, port):
        product.write("watchlist.toml", WATCHLIST)
        product.write("channels.toml", CHANNELS.format(port=port))
        # when
        began = time.monotonic()
        product.start("run", "--seeds", "seeds")
        until(lambda: _of(inbox, "One thing"), within_s=800, what="the other watch's alert")
        other_s = time.monotonic() - began
        until(lambda: _of(inbox, "more: Everything"), within_s=800, what="the summary")
        # then
        (summary,) = _of(inbox, "more: Everything")
        assert len(inbox.letters) == ALLOWANCE + 2, [each["Subject"] for each in inbox.letters]
        assert f"{stories - ALLOWANCE:,} more: Everything" in summary["Subject"]
        Path(product.folder / "summary.txt").write_text(summary.get_body(("plain",)).get_content())
        print(f"\n{stories:,} matches: {ALLOWANCE} mails and a summary;", end=" ")  # noqa: T201
        print(f"the other watch's alert {other_s:.1f} s after the start")  # noqa: T201


def _of(inbox: Inbox, words: str) -> list[object]:
    return [letter for letter in inbox.letters if words in letter["Subject"]]
