"""Job: what waits on a queue. The names of the queues, and of the one function each may run."""

from __future__ import annotations

ARTICLES = "articles"
PAGES = "pages"
DELIVERIES = "deliveries"

JUDGE = "workers.process.bundle"
READ_PAGE = "workers.page.page"
DELIVER = "workers.deliver.delivery"

JOBS: dict[str, str] = {ARTICLES: JUDGE, PAGES: READ_PAGE, DELIVERIES: DELIVER}
"""Queue -> function, by dotted name as RQ stores it; a test resolves every name. Each queue has
processes of its own: RQ's worker on two queues loses jobs when it is killed."""
