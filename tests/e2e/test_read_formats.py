"""`wirewatch read` and `run --once` on seed files of every shape; and the bar that people see."""

from __future__ import annotations

import gzip
import io
import json
import os
import pty
import subprocess
import sys
import zipfile

from product import ROOT, Product

STORY = "A drone was seen over Basra on Tuesday evening. The harbour was closed for two hours."
WATCH = (
    "[watch.drones]\ntitle = 'Drones over Basra'\nwhen = 'drone AND place:basra'\n"
    'notify = ["console"]\n'
)


def shapes() -> dict[str, bytes]:
    """One file of each shape, each with the story and a number of its own."""
    text = {
        "a.md": f"---\ntitle: Port 1\n---\n{STORY} One.\n",
        "b.csv": f'title,body\nPort 2,"{STORY} Two, too."\n',
        "c.tsv": f"title\tbody\nPort 3\t{STORY} Three.\n",
        "d.eml": f"Subject: Port 4\n\n{STORY} Four.\n",
        "e.mbox": f"From x\nSubject: Port 5\n\n{STORY} Five.\n",
        "f.jsonl": json.dumps({"title": "Port 6", "body": f"{STORY} Six."}) + "\n",
    }
    files = {name: content.encode() for name, content in text.items()}
    page = f"<html><body><h1>Port 7</h1><p>{STORY}</p><p>{STORY} Seven.</p></body></html>".encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\n"
        f"WARC-Target-URI: https://port.example/7\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    files["g.warc.gz"] = gzip.compress(head.encode() + answer + b"\r\n\r\n")
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("h/port.txt", f"Port 8\n\n{STORY} Eight.\n")
        archive.writestr("h/port.json", json.dumps({"title": "Port 9", "body": f"{STORY} Nine."}))
    files["h.zip"] = room.getvalue()
    return files


def test_files_of_every_shape_become_articles_and_alerts(product: Product) -> None:
    # given
    product.write("watchlist.toml", WATCH)
    for name, content in shapes().items():
        product.seed(name, content)
    # when
    read = product.call("read", "seeds")
    done = product.run_once()
    # then
    assert (read.returncode, read.stderr) == (0, "")
    titles = [json.loads(line)["title"] for line in read.stdout.splitlines()]
    assert titles == [f"Port {number}" for number in range(1, 10)]
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["read"], summary["problems"]) == (9, 0)
    assert done.stderr.count("Drones over Basra") >= 9


def test_a_list_of_feeds_says_what_to_write_and_nothing_is_fetched(product: Product) -> None:
    outline = '<outline text="Harbour Post" xmlUrl="https://harbour.example/rss"/>'
    path = product.seed("feeds.opml", f'<opml version="2.0"><body>{outline}</body></opml>')

    done = product.call("read", str(path))

    assert (done.returncode, done.stdout) == (1, "")
    assert "`wirewatch feeds import FILE` adds them to feeds.toml: Harbour Post" in done.stderr


def test_a_long_file_shows_people_how_far_it_is(product: Product) -> None:
    row = json.dumps({"title": "Boats", "body": "Two boats sailed. " * 500}).encode() + b"\n"
    path = product.seed("long.jsonl", row * 1_000)
    ours, theirs = pty.openpty()
    # when: stderr is a terminal, stdout is not
    with (
        (product.folder / "articles.jsonl").open("wb") as answer,
        subprocess.Popen(
            [sys.executable, "-m", "monitor.cli", "read", str(path)],
            env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"},
            stdout=answer,
            stderr=theirs,
        ),
    ):
        os.close(theirs)
        shown = everything(ours)
    lines = len((product.folder / "articles.jsonl").read_text().splitlines())
    # then
    assert lines == 1_000
    assert "long.jsonl" in shown
    # and a file that hears nobody gets no bar
    assert product.call("read", str(path)).stderr == ""


def everything(terminal: int) -> str:
    pieces = []
    try:
        while piece := os.read(terminal, 65_536):
            pieces.append(piece)
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(terminal)
    return b"".join(pieces).decode("utf-8", "replace")
