"""`wirewatch poller` and `wirewatch worker` against a Redis, and a webhook that counts."""

from __future__ import annotations

import json
from pathlib import Path

from loopback import LoopbackHttp
from product import Product
from server import ManagedServer

from monitor.embedded import Embedded
from monitor.store import Store

TEXT = "A drone was seen over the harbour, report number {number} says, and nobody was hurt."


Server = ManagedServer | Embedded


class Services:
    """`wirewatch poller` and `wirewatch worker` against a Redis, a drop folder and a webhook."""

    def __init__(self, product: Product, web: LoopbackHttp, server: Server) -> None:
        self.product, self.web, self.server = product, web, server
        self.dropped = 0
        self._read: dict[Path, int] = {}
        self._started: dict[int, str] = {}
        product.environment["WIREWATCH_REDIS_URL"] = server.url
        product.write("monitor.toml", '[net]\nallow = ["127.0.0.0/8"]\n')
        product.write("watchlist.toml", '[watch.drones]\nwhen = "drone"\nnotify = ["hook"]\n')
        hook = f'type = "webhook"\nurl = "{web.url("/hook")}"\nsecret = "any secret"\n'
        product.write("channels.toml", "[channel.hook]\n" + hook)
        self.store = Store(server.url)

    def drop(self, count: int) -> None:
        """Put a seed file with `count` new articles into the folder."""
        rows = [
            {"id": f"a{number}", "source": "s", "body": TEXT.format(number=number)}
            for number in range(self.dropped, self.dropped + count)
        ]
        path = self.product.folder / "seeds" / f"drop-{self.dropped:06}.jsonl"
        hidden = path.with_name("." + path.name)
        hidden.write_text("".join(json.dumps(row) + "\n" for row in rows))
        hidden.rename(path)
        self.dropped += count

    def received(self) -> list[str]:
        """The ids of the webhooks that came, repeats included."""
        return [r.headers["webhook-id"] for r in self.web.requests if r.path == "/hook"]

    def all_received(self) -> bool:
        return len(set(self.received())) >= self.dropped

    def children(self, queue: str) -> list[int]:
        """The processes that serve a queue, as they said in the log; those that still live."""
        for path in self.product.folder.glob("out*.log"):
            with path.open("rb") as log:
                log.seek(self._read.get(path, 0))
                for line in log:
                    if not line.endswith(b"\n"):
                        break  # still being written
                    self._read[path] = self._read.get(path, 0) + len(line)
                    if b'"process.started"' in line:
                        event = json.loads(line)
                        self._started[event["pid"]] = event["queue"]
        self._started = {
            pid: of for pid, of in self._started.items() if Path(f"/proc/{pid}").exists()
        }
        return [pid for pid, of in self._started.items() if of == queue]

    def check(self) -> None:
        """Every article judged once and received; nothing left over."""
        counts = self.store.view.counts()
        assert counts.get("articles.admitted") == self.dropped, counts
        assert counts.get("articles.new") == self.dropped, counts
        assert counts.get("alerts.raised") == self.dropped, counts
        assert len(set(self.received())) == self.dropped
        assert self.store.letters.all() == ()
