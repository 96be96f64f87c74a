"""Watches that several articles of one story or event satisfy together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from monitor.alerts import SILENT, subject
from monitor.app import Desk
from monitor.model import AlertedArticle, Article, Claim, Elsewhere, Evidence, Match
from monitor.store import Store
from monitor.watch import MARK

Clauses: TypeAlias = Mapping[str, Mapping[int, Match]]
"""Watch -> number of a clause -> what satisfies it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """What one article adds to watches that it does not satisfy by itself.

    `matches` are those that are satisfied now; `waiting` says of the others what is missing.
    """

    matches: tuple[Match, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()


def pieces_of(parts: tuple[Match, ...], whole: tuple[Match, ...]) -> dict[str, dict[int, Match]]:
    """Watch -> clause -> its match, without the watches that the article satisfies by itself."""
    alone = {match.watch for match in whole}
    found: dict[str, dict[int, Match]] = {}
    for part in parts:
        watch, _, number = part.watch.partition(MARK)
        if watch not in alone:
            found.setdefault(watch, {})[int(number)] = part
    return found


def join(
    desk: Desk,
    store: Store,
    article: Article,
    claim: Claim,
    pieces: Mapping[str, Mapping[int, Match]],
) -> Pieces:
    """Put an article's pieces to those of its story or event. Asked again it says the same."""
    if article.origin in SILENT:
        return Pieces()
    matches, waiting = [], []
    for watch_id, found in pieces.items():
        watch = desk.watches[watch_id]
        about = AlertedArticle.of(article)
        mine = {n: Elsewhere(article=about, evidence=part.evidence) for n, part in found.items()}
        known = store.judging.pieces(watch_id, subject(watch, claim), mine, asks=watch.asks)
        if len(known) < desk.parts[watch_id]:
            said = f"{len(known)} of {desk.parts[watch_id]} clauses found in this {watch.scope}"
            waiting.append((watch_id, said))
            continue
        evidence = (each for part in found.values() for each in part.evidence)
        others = [each for n, each in known.items() if n not in found]
        matches.append(
            Match(
                watch=watch_id,
                evidence=tuple(sorted(set(evidence), key=_place)),
                elsewhere=tuple(_by_article(others)),
            )
        )
    return Pieces(matches=tuple(matches), waiting=tuple(waiting))


def _by_article(others: list[Elsewhere]) -> Iterator[Elsewhere]:
    by_ref: dict[str, Elsewhere] = {}
    for each in others:
        known = by_ref.get(each.article.ref)
        both = each if known is None else replace(known, evidence=known.evidence + each.evidence)
        by_ref[each.article.ref] = both
    yield from by_ref.values()


def _place(evidence: Evidence) -> tuple[str, int, int, str]:
    return evidence.field.value, evidence.start, evidence.end, evidence.term
