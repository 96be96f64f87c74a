"""What the articles of a take say to whom: every decision is made here.

What it asks the store answers the same when asked again, but for what other workers tell meanwhile;
of that the commit takes care.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from monitor.alerts import (
    SILENT,
    counts,
    decide,
    is_revised,
    revised,
    routes,
    step_reached,
    subject,
    updated,
)
from monitor.app import Desk, Judgement
from monitor.dedupe import Marks
from monitor.model import Alert, Article, Claim, Counted, Decision, Spoken, Timing
from monitor.store import Judged, Outcome, Raised, States, Store, Taken
from workers.together import join, pieces_of
from workers.trending import trend_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What reading one article found: what it says, and what its story is found by."""

    judgement: Judgement
    marks: Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One article of a take, read, with its story.

    `sources` are those of the story by the end of the take: what is told is told of all of them.
    `publisher` is who publishes it.
    `waiting` says what is missing for watches of which it satisfies some clauses.
    """

    article: Article
    job: Taken
    found: Found
    claim: Claim
    sources: tuple[str, ...]
    publisher: str = ""
    waiting: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Decides. `timings` says when each channel is told; `config` is the version by which is
    judged, and stands in each outcome.
    """

    desk: Desk
    store: Store
    now: Callable[[], datetime]
    timings: Mapping[str, Timing] = field(default_factory=dict)
    config: str = ""

    def joined(self, claimed: Claimed) -> Claimed:
        """The article with the matches that others of its story or event make up with it."""
        found, judgement = claimed.found, claimed.found.judgement
        pieces = pieces_of(judgement.parts, judgement.matches)
        if not pieces:
            return claimed
        added = join(self.desk, self.store, claimed.article, claimed.claim, pieces)
        matches = (*judgement.matches, *added.matches)
        return replace(
            claimed,
            found=replace(found, judgement=replace(judgement, matches=matches)),
            waiting=added.waiting,
        )

    def decide(self, claimed: list[Claimed]) -> Outcome:
        """What to commit: each article's outcome, and what is raised or told again."""
        before = self.store.judging.spoken(
            pair for each in claimed for pair in self._pairs(each).values()
        )
        paused = self.store.paused_watches.all() if before else {}
        spoken = dict(before)
        known = States(read=self.store.judging.state)
        judged, raised, covered = [], [], []
        for each in claimed:
            told = {watch: spoken[pair] for watch, pair in self._pairs(each).items()}
            decision = self._decision(each, told, paused, spoken)
            new = [
                *(self._raised(alert) for alert in decision.alerts if not told[alert.watch]),
                *self._updates(
                    each,
                    {w: was for w, was in told.items() if w not in paused},
                    partial(_made_by, claimed),
                    known,
                ),
            ]
            for one in new:
                known.tell(one.alert)
                spoken[one.alert.watch, one.alert.subject] = one.spoken
                others = [(one.alert.watch, story) for story in one.covers]
                spoken.update(dict.fromkeys(others, one.spoken))
                covered += [pair for pair in others if pair not in before]
            raised += new
            judged.append(_judged(each, decision, self.now(), self.config))
        return Outcome(
            judged=tuple(judged),
            raised=tuple(raised),
            expects=(
                *((watch, about, was) for (watch, about), was in before.items()),
                *((watch, story, None) for watch, story in covered),
            ),
            upon=known.upon,
            heard=tuple(pair for each in claimed for pair in self._heard(each)),
        )

    def _heard(self, claimed: Claimed) -> Iterator[tuple[str, str, timedelta]]:
        for match in claimed.found.judgement.matches:
            expect = self.desk.watches[match.watch].expect
            if expect is not None:
                yield match.watch, claimed.claim.story, expect.span

    def _pairs(self, claimed: Claimed) -> dict[str, tuple[str, str]]:
        """Watch -> (watch, story or event): those that match, and those that follow the story."""
        claim = claimed.claim
        matched = [match.watch for match in claimed.found.judgement.matches]
        following = [watch for watch in claim.told if watch in self.desk.watches]
        return {
            watch: (watch, subject(self.desk.watches[watch], claim))
            for watch in (*matched, *following)
        }

    def _decision(
        self,
        claimed: Claimed,
        told: Mapping[str, Spoken | None],
        paused: Mapping[str, datetime],
        spoken: Mapping[tuple[str, str], Spoken | None],
    ) -> Decision:
        return decide(
            article=claimed.article,
            claim=claimed.claim,
            topics=claimed.found.judgement.topics,
            matches=claimed.found.judgement.matches,
            watches=self.desk.watches,
            spoken={watch: was for watch, was in told.items() if was is not None},
            sources=claimed.sources,
            now=self.now(),
            paused=paused,
            counted=dict(self._counted(claimed, told, paused, spoken)),
        )

    def _counted(
        self,
        claimed: Claimed,
        told: Mapping[str, Spoken | None],
        paused: Mapping[str, datetime],
        spoken: Mapping[tuple[str, str], Spoken | None],
    ) -> Iterator[tuple[str, tuple[Counted, ...]]]:
        """What counts towards the thresholds of watches that match; what this take tells does not
        count any more."""
        for match in claimed.found.judgement.matches:
            name, watch = match.watch, self.desk.watches[match.watch]
            if watch.threshold and counts(claimed.article, watch, told[name], paused.get(name)):
                about, within = subject(watch, claimed.claim), watch.threshold.within
                voice = claimed.claim.voice
                tally = self.store.judging.tally(
                    name, about, claimed.article, within, voice, asks=watch.asks
                )
                yield name, tuple(e for e in tally if not spoken.get((name, e.story)))

    def _raised(self, alert: Alert, reached: int | None = None) -> Raised:
        watch = self.desk.watches[alert.watch]
        return Raised(
            alert=alert,
            routes=routes(alert, watch, self.timings, self.now()),
            follows=watch.follows,
            asks=watch.asks,
            reached=reached,
        )

    def _updates(
        self,
        claimed: Claimed,
        told: Mapping[str, Spoken | None],
        made_by: Callable[[Claimed, int], Article],
        known: States,
    ) -> Iterator[Raised]:
        """The alerts to be told again: the story has reached a step, or its article says
        something else. What was told last is told with what is new."""
        for name, was in told.items():
            watch = self.desk.watches[name]
            if was is None or not watch.follows:
                continue
            article, sources = claimed.article, claimed.sources
            carried = claimed.claim.carried
            step = step_reached(article=article, watch=watch, told=was, carried=carried)
            again = is_revised(article=article, watch=watch, told=was, claim=claimed.claim)
            alert = known.last(was.alert) if step is not None or again else None
            if alert is None or alert.story != claimed.claim.story:
                continue
            severity = watch.severity_at(carried)
            if step is None:
                matches = claimed.found.judgement.matches
                match = next((each for each in matches if each.watch == name), None)
                text = claimed.found.marks.keys.text
                alert = revised(
                    alert,
                    article=article,
                    match=match,
                    text=text,
                    topics=claimed.found.judgement.topics,
                    sources=sources,
                    claim=claimed.claim,
                    severity=severity,
                    now=self.now(),
                )
                yield self._raised(alert, reached=was.sources)
            else:
                alert = updated(
                    alert,
                    step=step,
                    article=made_by(claimed, step),
                    sources=sources,
                    claim=claimed.claim,
                    severity=severity,
                    now=self.now(),
                )
                yield self._raised(alert)


def _made_by(take: list[Claimed], one: Claimed, step: int) -> Article:
    """The article of a take by which the story of this one reached a step, as far as is known."""
    claim = one.claim
    carriers = claim.publishers or claim.sources
    by = carriers[step - 1] if step <= len(carriers) else ""
    for each in take:
        name = each.publisher if claim.publishers else each.article.source
        if each.claim.story == claim.story and name == by and each.article.origin not in SILENT:
            return each.article
    return one.article


def _judged(claimed: Claimed, decision: Decision, now: datetime, config: str) -> Judged:
    judgement = claimed.found.judgement
    return Judged(
        article=claimed.article,
        job=claimed.job.id,
        text=claimed.found.marks.keys.text,
        claim=claimed.claim,
        matched=tuple(match.watch for match in judgement.matches),
        topics=tuple(topic.key for topic in judgement.topics),
        silenced=(*decision.silenced, *claimed.waiting),
        trends=trend_counts(claimed.article, claimed.claim, judgement, now),
        config=config,
    )
