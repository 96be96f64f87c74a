"""What a machine may ask a service: /metrics, /healthz, /readyz, on an address of its own.

It says nothing that is secret and changes nothing, but whom it serves is nobody's business outside:
keep its port private.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from prometheus_client.exposition import choose_encoder
from structlog.typing import FilteringBoundLogger

from monitor.errors import CommandRefused, StoreError, WirewatchError
from monitor.inbound.doors import Doors
from monitor.inbound.metrics import Metrics, registry_of
from monitor.pulse import SILENT_S

STALLED_S: Final = 60.0
"""A loop that has not come round for so long is dead: a command to a Redis that is cut off may wait
for half a minute, and is no reason to kill anybody."""

ANSWER_S: Final = 4.0
"""How long Redis may take; those who scrape usually give up after ten seconds."""

COMMAND_S: Final = 2.0
"""How long it may take for one command of ours: threads that wait for it do not pile up."""

AGAIN_S: Final = 10.0


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """The endpoint of one service; `listen` is HOST:PORT. Whether it can be had never stops the
    service: an address that is taken is tried again.
    """

    listen: str
    metrics: Metrics
    log: FilteringBoundLogger
    _gathering: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Answer until cancelled."""
        doors = Doors(body_bytes=1024)
        doors.app.router.add_get("/metrics", self._metrics)
        doors.app.router.add_get("/healthz", self._healthz)
        doors.app.router.add_get("/readyz", self._readyz)
        try:
            await self._open(doors)
            await asyncio.Event().wait()
        finally:
            await doors.close()

    async def _open(self, doors: Doors) -> None:
        told = ""
        while reason := await self._refused(doors):
            if reason != told:
                self.log.error("endpoint.failed", listen=self.listen, reason=reason)
            told = reason
            await asyncio.sleep(AGAIN_S)
        self.log.info("endpoint.opened", listen=self.listen, service=self.metrics.service)

    async def _refused(self, doors: Doors) -> str:
        """Why the address cannot be listened on, "" where it is."""
        try:
            await doors.open(self.listen)
        except (OSError, OverflowError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            return (
                f"{said}; give another address under [metrics] listen, or by"
                " WIREWATCH_METRICS_LISTEN to one of several services of a machine"
            )
        return ""

    async def _metrics(self, request: web.Request) -> web.Response:
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        try:
            async with asyncio.timeout(ANSWER_S), self._gathering:
                text = await asyncio.to_thread(encode, registry_of(self.metrics))
        except TimeoutError:
            text = encode(registry_of(self.metrics.own))
        except WirewatchError as error:
            self.log.exception("endpoint.failed", listen=self.listen, reason=error.message)
            return web.Response(status=500, text="an error of ours; the log has it\n")
        return web.Response(body=text, headers={"Content-Type": kind})

    async def _healthz(self, _: web.Request) -> web.Response:
        """Whether the loop goes round, and the processes that it keeps run: what a process may be
        killed for.
        """
        pulse = self.metrics.pulse
        said = f"the loop came round {pulse.age_s:.1f} s ago"
        if pulse.silent_s > SILENT_S:
            said += f"; one of its processes has not run for {pulse.silent_s:.0f} s"
        well = pulse.age_s <= STALLED_S and pulse.silent_s <= STALLED_S
        return web.Response(status=200 if well else 503, text=f"{said}\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        """Whether it can work: the configuration is loaded, or nothing would answer here; and Redis
        answers, and takes what we write.
        """
        said = "Redis does not answer"
        try:
            async with asyncio.timeout(ANSWER_S):
                said = await asyncio.to_thread(self.metrics.store.view.refuses_writes)
        except CommandRefused as error:
            said = error.message
        except (TimeoutError, StoreError):
            pass
        if said:
            return web.Response(status=503, text=f"{said}\n")
        return web.Response(text="the configuration is loaded, Redis answers and takes writes\n")
