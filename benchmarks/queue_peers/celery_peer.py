"""Celery on its Redis broker: late acknowledgement (else a killed worker loses what it holds), no
results, no events, no gossip.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from celery import Celery

from benchmarks.queue_peers.window import Window
from monitor.model import Article

TASK = "bench.judge"
PREFETCH = 64


def app_of(url: str) -> Celery:
    """The application, the same for who sends and who works."""
    app = Celery("bench", broker=url.replace("unix://", "redis+socket://"), set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_ignore_result=True,
        task_default_queue="bench",
        worker_prefetch_multiplier=PREFETCH,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
    )
    return app


def fill(url: str, articles: Sequence[Article], each: int) -> None:
    """Send `each` articles a message."""
    app, plain = app_of(url), msgspec.to_builtins(list(articles))
    with app.producer_or_acquire() as producer:
        for at in range(0, len(plain), each):
            app.send_task(TASK, args=[plain[at : at + each]], producer=producer)
    app.close()


def work(url: str, window: Window, pool: str) -> None:
    """Be a worker of one process; ends when killed."""
    app = app_of(url)

    @app.task(name=TASK)
    def judge(articles: list[dict[str, object]]) -> None:
        for _ in articles:
            window.article()

    app.worker_main(
        [
            "worker",
            f"--pool={pool}",
            "--concurrency=1",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )
