"""The pictures of docs/channels.md: an alert and a digest as the mails look, in light and dark.

    .venv/bin/python scripts/mail_pictures.py          needs chromium, or $CHROMIUM, on the PATH

The mails are made by the code that sends them. Their articles are invented.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from monitor.channels import alert_letter, digest_letter  # noqa: E402  # the path comes first
from monitor.model import Alert, AlertedArticle, Digest, Evidence, Gap, Topic  # noqa: E402
from monitor.model.article import Field  # noqa: E402
from monitor.model.ids import digest  # noqa: E402
from monitor.model.severity import Severity  # noqa: E402

DOCS = ROOT / "docs"
ZONE = ZoneInfo("Europe/London")
MORNING = datetime(2026, 11, 25, 8, tzinfo=UTC)
WIDTH = 600
RIVER = ("river-levels", "High water on the Lower Vistula")
GRAIN = ("grain", "Grain ships and Black Sea ports")
MARKED = re.compile(r"\{([^|]+)\|([^}]+)\}")
"""In the texts below {words|clause} are words that answer a clause of the watch."""


def evidence_of(field: Field, texts: tuple[str, ...]) -> list[Evidence]:
    """The marked words of these sentences, which stand one after another in the field."""
    found, start = [], 0
    for marked in texts:
        sentence = MARKED.sub(r"\1", marked)
        removed = 0
        for mark in MARKED.finditer(marked):
            at = start + mark.start() - removed
            removed += len(mark[0]) - len(mark[1])
            found.append(
                Evidence(
                    field=field,
                    start=at,
                    end=at + len(mark[1]),
                    text=mark[1],
                    term=mark[2],
                    sentence=sentence,
                    sentence_start=start,
                )
            )
        start += len(sentence) + 1
    return found


def alert(
    watch: tuple[str, str],
    source: str,
    minutes: int,
    title: str,
    *body: str,
    severity: Severity = "normal",
    event: str = "",
    others: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
) -> Alert:
    """An alert about an article of so many minutes before the morning."""
    at = MORNING - timedelta(minutes=minutes)
    home = source.lower().replace(" ", "-")
    url = f"https://{home}.example/{digest(title)[:6]}"
    return Alert(
        id=digest("alert", watch[0], title),
        watch=watch[0],
        title=watch[1],
        severity=severity,
        story=digest(title),
        article=AlertedArticle(
            id=url,
            ref=digest(url),
            title=MARKED.sub(r"\1", title),
            source=home,
            source_name=source,
            url=url,
            published=at,
        ),
        evidence=(*evidence_of(Field.TITLE, (title,)), *evidence_of(Field.BODY, body)),
        topics=tuple(
            Topic(key=label, label=label, shape="place", score=0.5, evidence=()) for label in topics
        ),
        sources=(home, *others),
        notify=("desk",),
        raised=at,
        event=event,
    )


FLOOD = alert(
    RIVER,
    "Harbour Gazette",
    14,
    '{Vistula|place:vistula} passes {alarm level|"alarm level"} at {Toruń|place:torun} as sluices'
    " upstream open",
    "Water on the {Vistula|place:vistula} stood eleven centimetres over the"
    ' {alarm level|"alarm level"} at the {Toruń|place:torun} gauge at six this morning, the'
    " regional water board said.",
    "Engineers at {Włocławek|place:wloclawek} opened four more sluices overnight and told the towns"
    " below that the {crest of the flood|theme:flood} would reach them by Thursday evening.",
    "Volunteers in {Grudziądz|place:grudziadz} filled sandbags along the old granaries, where the"
    " river last came over the wall in 2010.",
    severity="high",
    event="flood",
    others=("northern-courier", "radio-kujawy"),
    topics=("Poland floods", "Toruń", "Włocławek"),
)

REST = (
    alert(
        RIVER,
        "Radio Kujawy",
        50,
        "{Toruń|place:torun} shuts its riverside road",
        event="flood",
    ),
    alert(
        RIVER,
        "Northern Courier",
        65,
        "Sluices open at {Włocławek|place:wloclawek}; towns below wait for the {crest|theme:flood}",
        event="flood",
    ),
    alert(
        RIVER,
        "Kujawy Today",
        588,
        "Ferry at Solec Kujawski stops until the weekend",
        "The car ferry at Solec Kujawski will not cross the {Vistula|place:vistula} before"
        " Saturday, because its ramps are {under water|theme:flood}.",
        severity="low",
    ),
    alert(
        GRAIN,
        "Maritime Week",
        151,
        "Insurers lower the price of a passage to {Odesa|place:odesa}",
        "Two insurers in London lowered what they ask for a {grain ship|grain} bound for"
        " {Odesa|place:odesa} by a fifth, after four weeks in which none was held up.",
    ),
    alert(
        GRAIN,
        "Port Ledger",
        1160,
        "{Constanța|place:constanta} clears a queue of thirty {grain|grain} {ships|ship}",
        "{Constanța|place:constanta} handled more {grain|grain} on Tuesday than on any day since"
        " the harvest, the port authority said, and the queue of {ships|ship} off the roads is"
        " gone.",
        others=("danube-post",),
    ),
)

TOGETHER = Digest(
    id=digest("digest", "desk"),
    channel="desk",
    reason="digest",
    since=MORNING - timedelta(days=1),
    until=MORNING,
    alerts=tuple(sorted((FLOOD, *REST), key=lambda each: each.raised)),
    count=1 + len(REST),
    gaps=(
        Gap(
            source="coast",
            source_name="Coast Observer",
            kind="failing",
            since=MORNING - timedelta(minutes=312),
        ),
        Gap(
            source="danube",
            source_name="Danube Post",
            kind="missed",
            since=MORNING - timedelta(hours=3),
            entries=14,
        ),
    ),
)


def picture(mail: str, height: int, path: Path) -> None:
    """A mail in light and in dark beside each other, as a browser shows it."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("mail_pictures: no chromium on the PATH; name one in CHROMIUM")
    with tempfile.TemporaryDirectory(prefix="ww-mail-") as made:
        page, frame = Path(made) / "page.html", Path(made) / "mail.html"
        frame.write_text(mail)
        frames = "".join(
            f'<iframe src="mail.html" style="color-scheme:{scheme};border:0;'
            f'width:{WIDTH}px;height:{height}px"></iframe>'
            for scheme in ("light", "dark")
        )
        page.write_text(f'<body style="margin:0;display:flex">{frames}</body>')
        subprocess.run(
            [
                *(chromium, "--headless", "--no-sandbox", "--hide-scrollbars"),
                f"--window-size={2 * WIDTH},{height}",
                f"--screenshot={path}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )


def main() -> int:
    """Write both."""
    picture(alert_letter.html_text(FLOOD, ZONE), 620, DOCS / "alert-mail.png")
    picture(digest_letter.html_text(TOGETHER, ZONE), 1060, DOCS / "digest-mail.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
