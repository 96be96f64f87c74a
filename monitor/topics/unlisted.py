"""Which names does an article say again and again that no list knows?

A name is a run of capitalised words ("Andy Murray", "Bank of Montreal"), or one such word in
mid-sentence. Titles, days and words that open sentences are cut off its front; a word that the text
also writes small is no name. A first or last name alone counts for the full name. English only:
German writes every noun with a capital.

One regex over the text and a count; only what is said twice is looked at again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from monitor.model import Field
from monitor.text import FIELDS, Reading


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RUN = re.compile(
    r"[A-Z](?<![\w’'.-][A-Z])[\w’'-]*\w"  # the letter first: `re` then skips to capitals
    r"(?: (?:of |de |del |bin |van |von |al-|der |for )?[A-Z][\w’'-]*\w)*"
)
_TITLES = _words("""
    Mr Mrs Ms Miss Dr Prof Professor Sir Lord Lady Dame President Prime Minister Premier
    Chancellor Secretary Senator Sen Rep Representative Governor Gov Mayor General Gen Colonel Col
    Captain Capt Lt Maj Sgt Judge Justice Chief King Queen Vice Deputy Director Chairman
    Chairwoman CEO Speaker Ambassador Spokesman Spokeswoman Spokesperson Commissioner Attorney
    Detective Officer Inspector Superintendent Sheriff PM MP Taoiseach Defendant Pope Sheikh
    Ayatollah Imam Rabbi Bishop Archbishop Reverend Rev Coach Councillor Congressman Congresswoman
    Lawmaker Republican Democrat""")
_OPENERS = _TITLES | _words("""
    A About According After Again All Also Although Am An And Another Any Are As Asked At Back Be
    Because Been Before Being Both But By Can Could Critics Despite Did Do Does During Each Early
    Earlier Even Every Everyone Experts Few First For From Get Go Had Has Have He Her Here His How
    However I If In Instead Is It Its Just Last Later Let Like Look Many May Maybe Meanwhile More
    Most Much Must My Never New Next No Nobody None Nor Not Nothing Now Of Officials Oh Ok Okay On
    Once One Only Or Other Others Our Over People Perhaps Please Police Read Researchers Right
    Said Say See Several She Should Since So Some Someone Sometimes Soon Sources Still Such Take
    Tell Than Thank Thanks That The Their Them Then There These They This Those Though Three
    Through Thus Time To Today Tomorrow Too Two Under Unlike Until Up Upon Us Very Was We Well
    Were What When Where Whether Which While Who Whose Why Will With Within Without Would Year
    Years Yes Yesterday Yet You Your Former Foreign Defence Defense Finance Health Home Interior
    Economy Articles Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February
    March April June July August September October November December English Christmas Easter God
    Internet Photo Picture Image Getty Images Advertisement Follow Subscribe Related Story Video
    Watch Share Comments Editor Copyright Reporting Editing Additional Writing Updated Published
    Click""")
_SHORTEST = 3
_ENGLISH_SHARE = 50
"""In English every sixteenth word or so is "the"; one in fifty is not English."""
MIN_TIMES = 2


class Unlisted(NamedTuple):
    """A name and how often each sentence says it."""

    name: str
    counts: Mapping[int, int]


def unlisted(reading: Reading, known: Sequence[Set[int]], said: Set[str]) -> tuple[Unlisted, ...]:
    """The names said at least twice that no mention explains, in order of the text.

    `known` is where, in each field, mentions begin, and where the names of people begin that were
    told otherwise: a run that holds one of these places is no name of its own. `said` is how
    mentions are written.
    """
    if not is_english(reading):
        return ()
    times: dict[str, int] = {}
    for run, count in Counter(_runs(reading)).items():
        if run not in _OPENERS and (name := _trimmed(run)):
            times[name] = times.get(name, 0) + count
    found = []
    for spellings in _candidates(reading, times, said):
        counts = _counted(reading, spellings, known)
        if sum(counts.values()) >= MIN_TIMES:
            found.append(Unlisted(spellings[0], counts))
    return tuple(found)


def _candidates(
    reading: Reading, times: Mapping[str, int], said: Set[str]
) -> Iterator[tuple[str, ...]]:
    """Each name said often enough, with the words of it that stand for it alone."""
    edges = {name: _edges(name) for name in times if " " in name}
    owners = Counter([word for words in edges.values() for word in words])
    for name, count in times.items():
        if name in said:
            continue
        if name in edges:
            shorter = [word for word in edges[name] if word in times and owners[word] == 1]
            if count + sum([times[word] for word in shorter]) >= MIN_TIMES:
                yield (name, *shorter)
        elif count >= MIN_TIMES and name not in owners and not _is_word(reading, name):
            yield (name,)


def _edges(name: str) -> tuple[str, ...]:
    """The first and the last word of a name of several: said alone they may stand for it."""
    words = name.split(" ")
    return (words[0], words[-1]) if words[0] != words[-1] else ()


def is_english(reading: Reading) -> bool:
    """Whether capitals tell names here: by what the source says, else by its commonest word."""
    language = reading.article.language
    if language:
        return language[:2].lower() == "en"
    return reading.line.count(b" the ") * _ENGLISH_SHARE >= reading.line.count(b" ")


def _runs(reading: Reading) -> list[str]:
    article = reading.article
    title = [] if _is_title_case(article.title) else _RUN.findall(article.title)
    return [*title, *_RUN.findall(article.summary), *_RUN.findall(article.body)]


def _is_title_case(title: str) -> bool:
    words = [word for word in title.split() if word[:1].isalpha()]
    return sum(word[0].isupper() for word in words) * 2 > len(words)


def _trimmed(run: str) -> str:
    """The run from behind its last title, possessive or opening word on."""
    if " " not in run:
        word = run.removesuffix("'s").removesuffix("’s")
        return "" if word in _OPENERS or len(word) < _SHORTEST else word
    words = run.removesuffix("'s").removesuffix("’s").split(" ")
    for at in range(len(words) - 1, -1, -1):
        if words[at] in _TITLES or words[at].endswith(("'s", "’s")):
            words = words[at + 1 :]
            break
    while words and (words[0] in _OPENERS or words[0].islower()):
        del words[0]
    while words and (words[-1] in _OPENERS or words[-1].islower()):
        del words[-1]
    name = " ".join(words)
    return name if len(name) >= _SHORTEST else ""


def _is_word(reading: Reading, name: str) -> bool:
    return f" {name.lower()} ".encode() in reading.written


def _counted(
    reading: Reading, spellings: tuple[str, ...], known: Sequence[Set[int]]
) -> dict[int, int]:
    """How often each sentence says the name; nothing where a mention begins inside of it."""
    counts: dict[int, int] = {}
    for field, starts in zip(FIELDS, known, strict=True):
        last_end = -1
        for at, end in _places(reading.text(field), spellings):
            if at < last_end:
                continue
            last_end = end
            if not starts.isdisjoint(range(at, end)):
                return {}
            sentence, start = reading.sentence_start(field, at)
            if at != start or field is Field.TITLE or " " in spellings[0]:
                counts[sentence] = counts.get(sentence, 0) + 1
    return counts


def _places(text: str, spellings: tuple[str, ...]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for spelling in spellings:
        at = text.find(spelling)
        while at >= 0:
            end = at + len(spelling)
            if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                found.append((at, end))
            at = text.find(spelling, end)
    return sorted(found, key=lambda span: (span[0], -span[1]))
