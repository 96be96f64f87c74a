"""Fixtures of the end-to-end tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from product import Product

CHANNELS = """
[channel.console]
type = "console"
"""


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """An empty configuration with a console channel, in a folder of its own."""
    product = Product(tmp_path)
    product.write("channels.toml", CHANNELS)
    product.seed(".keep", "")
    yield product
    for process in product.started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
