"""Fixtures of the crash tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import LoopbackHttp
from product import Product
from server import ManagedServer
from services import Services


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """The command line in a folder of its own."""
    product = Product(tmp_path)
    product.seed(".keep", "")
    yield product
    for process in product.started:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def services(product: Product, server: ManagedServer) -> Iterator[Services]:
    with LoopbackHttp({"/hook": (200, {}, b"")}) as web:
        services = Services(product, web, server)
        yield services
        services.store.close()
