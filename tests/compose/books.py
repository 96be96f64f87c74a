"""The books of the soak: what was published against what was judged, raised, sent and received."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edits import ALWAYS, Watched
from scripted_feeds import REVISED, Feed, link
from town import Row, source_id, written

WIRE = "seed files"
COLUMNS = ("feeds", "asked", "200", "304", "3xx", "4xx", "5xx", "cut")
ITEMS = ("published", "judged", "copies", "revised", "in gaps", "lost", "doubled")

Told = Mapping[str, Any]


@dataclass(slots=True)
class Books:
    """What was found. `wrong` says in words what does not balance."""

    rows: dict[str, Counter[str]] = field(default_factory=dict)
    watches: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def check(self, *, right: bool, said: str) -> None:
        if not right:
            self.wrong.append(said)

    def __str__(self) -> str:
        total: Counter[str] = Counter()
        table = [f"{'':18}" + "".join(f"{name:>10}" for name in (*COLUMNS, *ITEMS))]
        for name, row in self.rows.items():
            total.update(row)
            table.append(_line(name, row, (*COLUMNS, *ITEMS)))
        table.append(_line("all", total, (*COLUMNS, *ITEMS)))
        table.append("")
        columns = ("wanted", "raised", "received", "lost", "doubled", "again")
        table.append(f"{'watch, channel':24}" + "".join(f"{name:>10}" for name in columns))
        table += [_line(name, row, columns, 24) for name, row in self.watches.items()]
        return "\n".join(table)


def _line(name: str, row: Counter[str], columns: Iterable[str], width: int = 18) -> str:
    return f"{name:{width}}" + "".join(f"{row[column]:10}" for column in columns)


def balanced(
    *,
    feeds: Sequence[Feed],
    rows: Sequence[Row],
    asked: Sequence[Told],
    received: Mapping[str, Sequence[Told]],
    whole: Told,
    watching: Mapping[str, tuple[Watched, ...]],
) -> Books:
    """Balance them. `received` is by channel, `whole` what dump.py says, `watching` the watches of
    each version of the configuration.
    """
    books = Books()
    judged: dict[str, list[Told]] = {}
    for article in whole["articles"]:
        judged.setdefault(article["url"], []).append(article)
    for feed in feeds:
        _feed(books, feed, asked, whole["feeds"].get(source_id(feed), {}), judged)
    _wire(books, rows, judged)
    texts = {link(f, n): written(f.name, n) for f in feeds for n in range(1, len(f.published) + 1)}
    texts |= {row.url: written("the wire", row.of) for row in rows}
    _counts(books, whole, judged)
    settled = {link(f, n) for f in feeds if f.trait not in REVISED for n in f.refs(f.published[-1])}
    settled |= {row.url for row in rows}
    ever = {watch.id: watch for watches in watching.values() for watch in watches}
    for watch in ever.values():
        wanted = {
            url
            for url, found in judged.items()
            for last in found
            if last["relation"] in ("new", "revision", "repeat")
            and watch.word in texts.get(url, ("", ""))[1].lower()
            and (watch in ALWAYS or watch in watching.get(last["config"], ()))
        }
        exact = None if watch in ALWAYS else settled
        _watch(books, watch, wanted, exact, whole["alerts"], received)
    known = {id_ for alert in whole["alerts"] for id_, _ in alert["deliveries"].values()}
    strange = {row["id"] for told in received.values() for row in told} - known
    books.check(
        right=not strange, said=f"{len(strange)} messages of no alert: {sorted(strange)[:3]}"
    )
    left = {name: number for name, number in whole["left"].items() if number}
    books.check(right=not left, said=f"left over: {left} {whole['letters'][:3]}")
    return books


def _feed(
    books: Books, feed: Feed, asked: Sequence[Told], now: Told, judged: Mapping[str, list[Told]]
) -> None:
    row: Counter[str] = Counter({"feeds": 1})
    for call in asked:
        if call["source"] == source_id(feed):
            status = str(call["status"])
            row.update(["asked", status if status in ("200", "304") else f"{status[0]}xx"])
            row["cut"] += bool(call["cut"])
    good = now.get("good", 0.0)
    due = {n for n, at in enumerate(feed.published, 1) if at.timestamp() <= good}
    came = {n for n in feed.refs(feed.published[-1]) if link(feed, n) in judged}
    missing = due - came
    rolled = feed.trait == "rolls over" and now.get("gaps", 0) > 0
    relations = {n: [record["relation"] for record in judged[link(feed, n)]] for n in came}
    twice = [n for n, found in relations.items() if found.count("new") > 1]
    row.update(
        {
            "published": len(due | came),
            "judged": len(came),
            "revised": sum(found.count("revision") for found in relations.values()),
            "copies": sum(found.count("copy") for found in relations.values()),
            "in gaps": len(missing) if rolled else 0,
            "lost": 0 if rolled else len(missing),
            "doubled": len(twice),
        }
    )
    books.check(right=rolled or not missing, said=f"{feed.name}: lost {sorted(missing)[:10]}")
    books.check(right=not twice, said=f"{feed.name}: judged as new twice: {twice}")
    books.check(
        right=feed.trait in REVISED or not row["revised"] + row["copies"],
        said=f"{feed.name}: {row['revised']} revised, {row['copies']} copies",
    )
    books.rows.setdefault(feed.trait, Counter()).update(row)


def _wire(books: Books, rows: Sequence[Row], judged: Mapping[str, list[Told]]) -> None:
    """A text and its copy are one news and one copy; which is which is for those to say who judge
    them at the same time.
    """
    row: Counter[str] = Counter({"published": len(rows)})
    pairs: dict[int, list[str]] = {}
    for each in rows:
        found = [record["relation"] for record in judged.get(each.url, ())]
        row["judged"] += bool(found)
        row["copies"] += found == ["copy"]
        row["lost"] += not found
        row["doubled"] += len(found) > 1
        pairs.setdefault(each.of, []).extend(found)
    for of, both in pairs.items():
        size = sum(each.of == of for each in rows)
        right = sorted(both) == [*["copy"] * (size - 1), "new"]
        books.check(
            right=right, said=f"row {of} of the seed files and its copies were judged {both}"
        )
    books.rows[WIRE] = row


def _counts(books: Books, whole: Told, judged: Mapping[str, list[Told]]) -> None:
    counts: Mapping[str, int] = whole["counts"]
    outcomes = sum(counts.get(f"articles.{w}", 0) for w in ("new", "copy", "revision", "repeat"))
    admitted = counts.get("articles.admitted", 0)
    books.check(
        right=admitted == outcomes,
        said=f"{admitted} articles admitted, {outcomes} judged: {counts}",
    )
    new = sum(record["relation"] == "new" for found in judged.values() for record in found)
    raised = counts.get("alerts.raised", 0)
    books.check(
        right=raised == len(whole["alerts"]),
        said=f"{raised} alerts counted, {len(whole['alerts'])} kept",
    )
    books.check(
        right=counts.get("articles.new", 0) >= new,
        said=f"{counts.get('articles.new', 0)} articles counted as new, {new} kept",
    )


def _watch(
    books: Books,
    watch: Watched,
    wanted: set[str],
    exact: set[str] | None,
    alerts: Sequence[Told],
    received: Mapping[str, Sequence[Told]],
) -> None:
    """A line for each of its channels. With `exact` only for these addresses it is known what to
    expect: of an entry that came again Redis tells by which watches it was judged last.
    """
    mine = [alert for alert in alerts if alert["watch"] == watch.id]
    ids = Counter(alert["url"] for alert in mine)
    missing = wanted - set(ids)
    extra = set(ids) - wanted
    if exact is not None:
        missing, extra = missing & exact, extra & exact
        wanted = wanted & exact | set(ids) - exact
    twice = [url for url, number in ids.items() if number > 1]
    books.check(right=not missing, said=f"{watch.id}: no alert for {sorted(missing)[:3]}")
    books.check(right=not extra, said=f"{watch.id}: unwanted alerts for {sorted(extra)[:3]}")
    books.check(right=not twice, said=f"{watch.id}: two alerts for {twice[:3]}")
    for channel in watch.channels:
        sent = {alert["deliveries"][channel][0]: alert["deliveries"][channel][1] for alert in mine}
        got = Counter(row["id"] for row in received[channel] if row["id"] in sent)
        unsent = sorted({state for state in sent.values() if state != "sent"})
        lost = set(sent) - set(got)
        books.check(right=not unsent, said=f"{watch.id}, {channel}: deliveries {unsent}")
        books.check(right=not lost, said=f"{watch.id}, {channel}: {len(lost)} never came")
        books.watches[f"{watch.id}, {channel}"] = Counter(
            wanted=len(wanted),
            raised=len(mine),
            received=len(got),
            lost=len(lost) + len(missing),
            doubled=len(twice),
            again=got.total() - len(got),
        )
