"""Guards: what reads and sends is given one, and any error becomes an answer that is judged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from monitor import telemetry
from monitor.errors import SourceError, StoreError
from monitor.model import Later, Receipt
from workers.page_outcome import Done, Wait
from workers.process import Guard
from workers.telling import Found
from workers.vitals import Vitals


def guarded(vitals: Vitals) -> Guard:
    """A guard for reading: times it, and answers an error for the retry table to judge."""

    def guard(work: Callable[[], Found]) -> Found | Exception:
        vitals.begin()
        try:
            return work()
        except Exception as error:  # noqa: BLE001  # a text can break anything; it is logged
            return error
        finally:
            vitals.end()
            vitals.turn()  # one of many in a take, and each may take its time

    return guard


async def guarded_page(reading: Awaitable[Done | Wait]) -> Done | Wait | Exception:
    """Read a page, and answer an error for the retry table to judge."""
    try:
        return await reading
    except SourceError as error:
        return error
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  # one page must not stop the others; it is logged
        telemetry.logger().exception("page.missed", reason="bug")
        return error


async def guarded_send(sending: Awaitable[Receipt]) -> Receipt:
    """Send; a channel that raises has a bug, and its alert is tried again."""
    try:
        return await sending
    except Exception as error:  # noqa: BLE001  # one alert must not stop the others; it is logged
        telemetry.logger().error("delivery.failed", exc_info=True)
        return Later(answer=f"an error in the channel ({type(error).__name__}); the log has it")
