"""Stories: how an article asks for its story, what its source repeats, and what a story knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import redis

from monitor.dedupe import Marks
from monitor.dedupe.sketches import SLOTS
from monitor.model import Article, Claim, Relation, Story, StoryCopy, digest, publisher_of
from monitor.store import keys
from monitor.store.damage import Damage
from monitor.store.redis import Call, bytes_of, text_of, translated

REPEATED = 3
"""Stories of a source that hold a line, from where on it is the source's own."""
LEARNED_FOR = timedelta(minutes=1)
"""What was learned is read again after that: a process spares a trip for each take."""
MAX_SOURCES = 20_000
"""Sources whose lines a process keeps in memory."""
MAX_TIER = 5
MAX_LENGTH = 99_999
KEPT_CHARS = 300
KEPT_PUBLISHER = 40
"""Of its name, the end: a story's hash is small as long as all its values are."""
DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An article that asks for its story by its marks. `tier` is how far its source is trusted,
    `home` the address of its feed.
    """

    article: Article
    marks: Marks
    tier: int = 2
    home: str | None = None

    @property
    def publisher(self) -> str:
        """Who publishes it, by the name that its story keeps."""
        article = self.article
        named = publisher_of(url=article.url, home=self.home, source=article.source)
        return named[-KEPT_PUBLISHER:]

    @property
    def worth(self) -> int:
        """What makes a text the best of its story: first its source's tier, then its length."""
        trust = MAX_TIER + 1 - self.tier
        return trust * (MAX_LENGTH + 1) + min(self.marks.length, MAX_LENGTH)


def call_of(asked: Asked, now: datetime, life: timedelta) -> Call:
    """Keys and arguments of `claim.lua`."""
    article, marks = asked.article, asked.marks
    known = marks.keys
    founded = digest("story", known.ref)
    sketch = marks.sketch
    names = [
        keys.claim(known.ref),
        keys.text(known.shared),
        keys.story(founded),
        keys.lines(article.source),
        *(keys.url(digest("url", url) if url else "") for url in (known.url, known.canonical)),
    ]
    return names, [
        known.text,
        founded,
        article.source,
        int(now.timestamp() * 1000),
        max(int(life.total_seconds()), 1),
        keys.PREFIX,
        known.fragment,
        sketch.full.packed if sketch else b"",
        sketch.lead.packed if sketch else b"",
        asked.worth,
        marks.agency,
        msgspec.json.encode(
            (
                article.source_name or article.source,
                article.title[:KEPT_CHARS],
                (article.url or "")[: 4 * KEPT_CHARS],
            )
        ),
        " ".join(marks.lines),
        " ".join(marks.features),
        int((article.published or article.fetched).timestamp() // DAY_S),
        asked.publisher,
    ]


def claim_of(answer: list[object]) -> Claim:
    """What `claim.lua` answered."""
    story, relation, slots, sources, agencies, told, event, articles, publishers = answer
    kind = Relation(text_of(relation))
    assert isinstance(sources, list)
    assert isinstance(publishers, list)
    return Claim(
        story=text_of(story),
        relation=kind,
        similarity=_similarity(kind, text_of(slots)),
        sources=tuple(map(text_of, sources)),
        agencies=tuple(text_of(agencies).split()),
        told=tuple(text_of(told).split()),
        event=text_of(event),
        articles=int(text_of(articles)),
        publishers=tuple(map(text_of, publishers)),
    )


def _similarity(relation: Relation, slots: str) -> float | None:
    if slots:
        return round(int(slots) / SLOTS, 3)
    return 1.0 if relation is Relation.COPY else None


class Lines:
    """The lines that sources repeat, as learned by `claim.lua`, kept in memory for a while."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._known: dict[str, tuple[datetime, frozenset[str]]] = {}

    def of(self, sources: Iterable[str], now: datetime) -> Mapping[str, frozenset[str]]:
        """Source -> names of its lines. One trip, and none while all of them are fresh."""
        wanted = tuple(dict.fromkeys(sources))
        stale = [each for each in wanted if not self._is_fresh(each, now)]
        if stale:
            self._read(stale, now)
        return {each: self._known[each][1] for each in wanted}

    def _is_fresh(self, source: str, now: datetime) -> bool:
        known = self._known.get(source)
        return known is not None and abs(now - known[0]) < LEARNED_FOR

    def _read(self, sources: list[str], now: datetime) -> None:
        if len(self._known) > MAX_SOURCES:
            self._known.clear()
        with translated(), self._client.pipeline(transaction=False) as pipe:
            for source in sources:
                pipe.zrange(keys.lines(source), REPEATED, "+inf", byscore=True)
            answers = pipe.execute()
        for source, names in zip(sources, answers, strict=True):
            self._known[source] = now, frozenset(map(text_of, names))


def story_of(client: redis.Redis, story: str, damage: Damage) -> Story | None:
    """What is known of a story, or None when it is not kept (any more)."""
    with translated(), client.pipeline(transaction=True) as pipe:
        pipe.hgetall(keys.story(story))
        pipe.hgetall(keys.story_copies(story))
        raw, copies = pipe.execute()
    return _story(story, raw, copies, damage)


def stories_of(client: redis.Redis, stories: Iterable[str], damage: Damage) -> dict[str, Story]:
    """Those that are kept, without the articles that joined them."""
    wanted = tuple(dict.fromkeys(stories))
    with translated(), client.pipeline(transaction=False) as pipe:
        for each in wanted:
            pipe.hgetall(keys.story(each))
        rows = pipe.execute()
    found = (_story(story, raw, {}, damage) for story, raw in zip(wanted, rows, strict=True))
    return {each.id: each for each in found if each is not None}


def title_of(
    client: redis.Redis, story: str, ref: str, since: datetime, damage: Damage
) -> str | None:
    """The title of an article of a story by now, where it was revised after that time."""
    key = keys.story_copies(story)
    with translated(key):
        names = [text_of(name) for name in client.hkeys(key)]
    revisions = [name for name in names if name.endswith(f" {Relation.REVISION} {ref}")]
    if not revisions:
        return None
    with translated(key):
        kept = client.hmget(key, revisions)
    rows = [(name, value) for name, value in zip(revisions, kept, strict=True) if value is not None]
    later = [copy for copy in damage.readable(key, rows, _copy) if copy.at > since]
    return max(later, key=lambda copy: copy.at).title if later else None


def _story(
    story: str, raw: Mapping[bytes, bytes], copies: Mapping[bytes, bytes], damage: Damage
) -> Story | None:
    facts = {text_of(name): text_of(value) for name, value in raw.items()}
    if "first" not in facts:
        return None
    sources = damage.readable(
        keys.story(story),
        ((name, value) for name, value in facts.items() if name.startswith("source:")),
        _source,
    )
    joined = damage.readable(keys.story_copies(story), copies.items(), _copy)
    return Story(
        id=story,
        event=facts.get("event", story),
        first=facts["first"],
        best=facts.get("best", facts["first"]),
        sources=tuple((source, at) for at, source, _ in sorted(sources)),
        agencies=tuple(facts.get("agencies", "").split()),
        publishers=tuple(dict.fromkeys(name for _, _, name in sorted(sources) if name)),
        copies=tuple(sorted(joined, key=lambda copy: copy.at)),
    )


def _source(name: str, value: str) -> tuple[datetime, str, str]:
    at, _, publisher = value.partition(" ")
    return _moment(float(at)), name.removeprefix("source:"), publisher


def _copy(name: str, kept: bytes | str) -> StoryCopy:
    at, relation, ref = name.split(" ")
    source, title, url = msgspec.json.decode(bytes_of(kept), type=tuple[str, str, str])
    return StoryCopy(
        ref=ref,
        at=_moment(float(at)),
        relation=Relation(relation),
        source=source,
        title=title,
        url=url or None,
    )


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
