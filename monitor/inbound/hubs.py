"""Asking hubs: for what is new, and again before a lease ends (W3C WebSub, 5.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from structlog.typing import FilteringBoundLogger

from monitor.errors import FetchError
from monitor.inbound.subscription import LEASE, is_to_ask, may_be_told, path_of, secret_of
from monitor.model import Hub
from monitor.net import Client
from monitor.settings import Settings
from monitor.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Hubs:
    """The hubs that the feeds name, as polls have found them."""

    settings: Settings
    store: Store
    log: FilteringBoundLogger
    now: Callable[[], datetime]

    async def ask(self, client: Client) -> int:
        """Ask every hub that is to be asked now; returns how many were. Raises StoreUnavailable."""
        asked = 0
        for source, hub in await asyncio.to_thread(self._due):
            await self._ask(client, source, hub)
            asked += 1
        return asked

    def _due(self) -> list[tuple[str, Hub]]:
        """The hubs to ask, each noted as asked: a process that dies now asks again later."""
        names = [source.id for source in self.settings.sources]
        named = [
            (source, Hub(url=url, topic=topic))
            for source, (hub,) in self.store.sources.states(names, ("hub",))
            for url, _, topic in (hub.partition(" "),)
            if url
        ]
        now = self.now()
        known = self.store.subscriptions.of([source for source, _ in named])
        return [
            (source, hub)
            for (source, hub), each in zip(named, known, strict=True)
            if may_be_told(hub)
            and is_to_ask(hub, each, now)
            and self.store.subscriptions.ask(source, hub, each, now)
        ]

    async def _ask(self, client: Client, source: str, hub: Hub) -> None:
        ours = self.settings.websub
        master = ours.secret.get_secret_value()
        form = {
            "hub.callback": f"{ours.callback.rstrip('/')}/{path_of(master, source)}",
            "hub.mode": "subscribe",
            "hub.topic": hub.topic,
            "hub.secret": secret_of(master, source, hub),
            "hub.lease_seconds": str(int(LEASE.total_seconds())),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = await client.post(hub.url, body=urlencode(form).encode(), headers=headers)
        except FetchError as error:
            self.log.warning("subscription.refused", source=source, reason=error.message)
            return
        if 200 <= answer.status < 300:
            self.log.info("subscription.asked", source=source, topic=hub.topic)
        else:
            reason = f"the hub says {answer.status}"
            self.log.warning("subscription.refused", source=source, reason=reason)
