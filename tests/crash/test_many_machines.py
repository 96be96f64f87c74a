"""Workers on three machines: one is cut off with work in hand, one dies; nothing is lost or said
twice, and the one that was cut off goes on when the network is whole again.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable

import pytest
from link import Cable, Link, has_namespaces
from services import Services

from monitor.model import ARTICLES
from monitor.store import keys

Until = Callable[..., None]
ARTICLES_EACH = 1500


class Machine:
    """A machine that judges, and its way to Redis. `holds` is how many jobs it has in hand."""

    def __init__(self, services: Services, link: Link) -> None:
        self.services, self.link = services, link
        environment = services.product.environment
        services.product.environment = environment | {"WIREWATCH_REDIS_URL": link.url}
        services.product.before = link.before
        arguments = ("worker", "--processes", "1", "--queue", "articles")
        self.process: subprocess.Popen[str] = services.product.start(*arguments)
        services.product.environment, services.product.before = environment, ()

    def _workers(self, names: object) -> list[bytes]:
        mine = f".{self.process.pid}.articles.".encode()
        assert isinstance(names, (list, set))
        return [name for name in names if mine in name]

    @property
    def is_here(self) -> bool:
        names = self.services.store.client.smembers(keys.rq_workers_of(ARTICLES))
        return bool(self._workers(names))

    @property
    def holds(self) -> int:
        return len(self._workers(self.services.store.client.hvals(keys.holders(ARTICLES))))

    def kill(self) -> None:
        """The whole machine is gone."""
        os.kill(self.process.pid, signal.SIGKILL)  # its children die with it
        self.process.wait()


@pytest.mark.soak
@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["proxies", "namespaces"])
def test_one_machine_is_cut_off_with_work_in_hand_and_one_dies(
    services: Services, until: Until, kind: str
) -> None:
    if kind == "namespaces" and not has_namespaces():
        pytest.skip("namespaces need root, and `ip`")
    port = services.server.port  # type: ignore[union-attr]  # a ManagedServer here

    def link(number: int) -> Link:
        return Cable(port, number) if kind == "namespaces" else Link(port)

    with link(1) as first, link(2) as second, link(3) as third:
        # given: three machines that judge, and one that delivers, which nothing happens to
        machines = [Machine(services, each) for each in (first, second, third)]
        services.product.start("worker", "--queue", "deliveries")
        until(lambda: all(each.is_here for each in machines), what="they are here", within_s=120)
        services.drop(ARTICLES_EACH)
        services.product.start("poller", "--seeds", "seeds")
        cut_off, dies, goes_on = machines

        # when: one is cut off with work in hand
        def caught() -> bool:
            if not cut_off.holds:
                return False
            cut_off.link.cut()
            if cut_off.holds:
                return True
            cut_off.link.heal()  # it had just finished
            return False

        until(caught, what="it is cut off with work in hand", within_s=60)
        # and one dies
        dies.kill()
        services.drop(ARTICLES_EACH)
        # then: the third does the work of all
        until(lambda: not cut_off.holds, what="what it held is another's", within_s=30)
        until(services.all_received, what="all is told", within_s=120)
        # and when: the network is whole again
        cut_off.link.heal()
        goes_on.kill()
        services.drop(200)
        # then: the one that was cut off judges
        until(services.all_received, what="it goes on", within_s=60)
        services.check()
        assert len(services.received()) == services.dropped
        assert cut_off.process.poll() is None
