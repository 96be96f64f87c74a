"""What others call: the callback of WebSub, by which hubs tell at once of what is new in a feed.

A push only hurries the poll of its source: what it brings is not read. So a push can add nothing
that the feed does not show, an article cannot come by two ways, and polls go on as they were,
whatever a hub forgets. It costs one conditional request, and a second or two.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from aiohttp import web
from structlog.typing import FilteringBoundLogger

from monitor.errors import StoreUnavailable, WirewatchError
from monitor.inbound.doors import Doors
from monitor.inbound.hubs import Hubs
from monitor.inbound.subscription import ANSWERED_WITHIN, is_signed, lease_of, path_of, secret_of
from monitor.model import SubscriptionState
from monitor.net import Client
from monitor.settings import Settings
from monitor.store import Store

__all__ = ["Inbound"]

BODY_BYTES = 10 << 20
BODY_S = 10.0
LONGEST_CHALLENGE = 2_000
ASK_EVERY_S = 30.0


class Inbound:
    """The server of the callback, and the asking of hubs. `every_s` is how often to look whom."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        log: FilteringBoundLogger,
        now: Callable[[], datetime],
        every_s: float = ASK_EVERY_S,
    ) -> None:
        self._settings, self._store, self._log, self._now = settings, store, log, now
        self._every_s = every_s
        self._master = settings.websub.secret.get_secret_value()
        self.reload(settings)

    def reload(self, settings: Settings) -> None:
        """Serve the sources of another configuration; [websub] stays as it was at the start."""
        self._settings = replace(settings, websub=self._settings.websub)
        self._sources = {path_of(self._master, source.id): source.id for source in settings.sources}

    async def run(self, stop: asyncio.Event) -> None:
        """Listen, and keep subscriptions up, until `stop` is set. Raises WirewatchError where the
        address cannot be listened on.
        """
        doors = Doors(body_bytes=BODY_BYTES)
        doors.app.router.add_get("/{path}", self._confirmed)
        doors.app.router.add_post("/{path}", self._pushed)
        try:
            await doors.open(self._settings.websub.listen)
        except OSError as error:
            await doors.close()
            raise WirewatchError(
                f"cannot listen on {self._settings.websub.listen} ({error.strerror}); give another"
                " address under [websub] listen"
            ) from error
        try:
            await self._keep(stop)
        finally:
            await doors.close()

    async def _keep(self, stop: asyncio.Event) -> None:
        async with Client(allow=self._settings.allow, contact=self._settings.contact) as client:
            while not stop.is_set():
                hubs = Hubs(
                    settings=self._settings, store=self._store, log=self._log, now=self._now
                )
                with contextlib.suppress(StoreUnavailable):  # the poller says so
                    await hubs.ask(client)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._every_s)

    async def _confirmed(self, request: web.Request) -> web.Response:
        """A hub asks whether it was really we who asked (W3C WebSub, 5.3)."""
        source = self._sources.get(request.match_info["path"])
        said = request.query
        mode, topic = said.get("hub.mode"), said.get("hub.topic", "")
        challenge = said.get("hub.challenge", "")
        lease = lease_of(said.get("hub.lease_seconds", ""))
        if source is None:
            return web.Response(status=404)
        if mode == "denied":
            return await self._denied(source, topic)
        if mode != "subscribe" or lease is None or not 0 < len(challenge) <= LONGEST_CHALLENGE:
            return web.Response(status=404)
        try:
            asked = await asyncio.to_thread(
                lambda: self._store.subscriptions.confirm(
                    source, topic, now=self._now(), lease=lease, within=ANSWERED_WITHIN
                )
            )
        except StoreUnavailable:
            return web.Response(status=503)
        if not asked:
            self._log.warning("push.refused", source=source, reason="a subscription nobody asked")
            return web.Response(status=404)
        self._log.info("subscription.confirmed", source=source, lease_s=lease.total_seconds())
        return web.Response(text=challenge)

    async def _denied(self, source: str, topic: str) -> web.Response:
        try:
            known = await asyncio.to_thread(self._store.subscriptions.deny, source, topic)
        except StoreUnavailable:
            return web.Response(status=503)
        if known:
            self._log.warning("subscription.refused", source=source, reason="the hub denies it")
        return web.Response(status=200 if known else 404)

    async def _pushed(self, request: web.Request) -> web.Response:
        """A hub has news. What is not signed by it counts for nothing."""
        source = self._sources.get(request.match_info["path"])
        if source is None:
            return web.Response(status=404)
        try:
            async with asyncio.timeout(BODY_S):
                body = await request.read()  # 413 beyond the cap
        except TimeoutError:
            return web.Response(status=408)
        try:
            (known,) = await asyncio.to_thread(self._store.subscriptions.of, (source,))
            if known is None or known.state is not SubscriptionState.ACTIVE:
                return self._refused(source, 404, "there is no subscription")
            secret = secret_of(self._master, source, known.hub)
            if not is_signed(body, request.headers.get("X-Hub-Signature", ""), secret):
                return self._refused(source, 403, "it is not signed by the hub")
            await asyncio.to_thread(self._store.sources.hurry, source, self._now())
        except StoreUnavailable:
            return web.Response(status=503)
        self._log.info("push.received", source=source, size_bytes=len(body))
        return web.Response(status=202)

    def _refused(self, source: str, status: int, reason: str) -> web.Response:
        self._log.warning("push.refused", source=source, reason=reason)
        return web.Response(status=status)
