"""A supervisor as `python -m workers` makes it, but for how soon it strikes a child that stands
still: the folder of the configuration, that time in seconds, and the queues."""

from __future__ import annotations

import sys
from pathlib import Path

from monitor import telemetry
from monitor.app import App
from monitor.settings import load
from workers.posts import Striking
from workers.runtime import Supervisor

if __name__ == "__main__":
    config, stalled_s, *queues = sys.argv[1:]
    settings = load(Path(config))
    telemetry.set_up(level="info", format_="json")
    Supervisor(
        app=App(settings, settings.redis_url),
        queues=tuple(queues),
        striking=Striking(float(stalled_s)),
    ).run()
