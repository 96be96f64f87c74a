"""watch: the watch language, and which watches an article satisfies."""

from monitor.watch.apart import MARK, parts_of
from monitor.watch.explain import Verdict, explain
from monitor.watch.lint import Remark, lint
from monitor.watch.parse import parse, parse_operand
from monitor.watch.spelling import spell
from monitor.watch.watchlist import Watchlist, compile_watchlist, parse_watch

__all__ = [
    "MARK",
    "Remark",
    "Verdict",
    "Watchlist",
    "compile_watchlist",
    "explain",
    "lint",
    "parse",
    "parse_operand",
    "parse_watch",
    "parts_of",
    "spell",
]
