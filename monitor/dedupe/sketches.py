"""What two texts are compared by when they are not equal: a sketch of each, of a few hundred bytes.

A sketch is two prints: of the whole text, and of its first 80 words, because papers cut wire copy
from the end. A print holds 64 slots of a MinHash over three-word shingles (Broder 1997): the share
of equal slots estimates the share of common shingles. Texts that come from one mould (weather,
markets, results, obituaries) share most shingles and are not copies: what differs is who and how
much, so a print also holds a sample of the text's facts, its numbers and names.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, Final

from rensa import RMinHash

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEME: Final = 1
"""Says how a print was made. Prints of other schemes are never compared: rensa's hash has changed
between versions, so whoever raises its pin raises this, too."""
SLOTS: Final = 64
ROWS: Final = 3
FULL_BANDS: Final = 10
LEAD_BANDS: Final = 16
"""Bands of 3 slots by which likely copies are looked up: texts that share half their shingles meet
in one of 16 with probability .88, of 10 with .74; with a tenth in .02. A lookup is what a claim
costs, and most copies of which the whole text tells also begin alike."""
SEED: Final = 20261122
FACTS: Final = 24
LEAD_WORDS: Final = 80
MIN_WORDS: Final = 30
"""Shorter texts have no sketch: too few shingles for an estimate."""

_SLOTS = Struct(f"<{SLOTS}H")
_HEAD = Struct("<BHB")

_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "".join(map(chr, [*range(0xC0, 0xD7), *range(0xD8, 0xDF)]))
_GREEK_CYRILLIC = "".join(map(chr, [*range(0x391, 0x3AA), *range(0x400, 0x430)]))
# A word that begins so is a fact: a number or a sum, or a name where no sentence begins with it.
_DIGITS = frozenset("0123456789$€£¥")
_FIRST = _DIGITS | frozenset(_LATIN + _GREEK_CYRILLIC)
_ENDS = frozenset(".!?…:\"“”'‘")
_AROUND = "$€£¥.,;:!?…()[]\"“”'‘’–-%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One text's slots, the number of its shingles, and the smallest of its facts' numbers.

    `banded` is by how many bands it is looked up.
    """

    slots: bytes
    size: int
    facts: tuple[int, ...]
    banded: int

    @property
    def packed(self) -> bytes:
        """As stored: scheme, size, number of facts, slots, facts; little-endian."""
        head = _HEAD.pack(SCHEME, self.size, len(self.facts))
        return head + self.slots + Struct(f"<{len(self.facts)}H").pack(*self.facts)

    @property
    def bands(self) -> tuple[bytes, ...]:
        """The runs of slots by which likely copies are looked up."""
        width = 2 * ROWS
        return tuple(self.slots[band * width : (band + 1) * width] for band in range(self.banded))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """The prints of one text."""

    full: Print
    lead: Print


def sketch(words: Sequence[str], text: str) -> Sketch | None:
    """The sketch of a text, given as its folded words and as written; None where it is too short.

    The costliest step is joining shingles; `benchmarks/stories.py` has the figures.
    """
    if len(words) < MIN_WORDS:
        return None
    # The facts of the lead are sought in as many letters as its words have, and a tenth more for
    # what stands between them.
    lead = words[:LEAD_WORDS]
    letters = sum(map(len, lead)) + len(lead)
    return Sketch(
        full=_print(words, text, FULL_BANDS),
        lead=_print(lead, text[: letters + letters // 10], LEAD_BANDS),
    )


def _print(words: Sequence[str], text: str, bands: int) -> Print:
    shingles = list(map(" ".join, zip(words, words[1:], words[2:], strict=False)))
    minhash = RMinHash(SLOTS, SEED)
    minhash.update(shingles)
    # Half of each slot is kept: two that differ look equal once in 65,536.
    slots = _SLOTS.pack(*((slot ^ slot >> 16) & 0xFFFF for slot in minhash.digest()))
    return Print(slots=slots, size=min(len(shingles), 0xFFFF), facts=facts(text), banded=bands)


def facts(text: str) -> tuple[int, ...]:
    """The numbers and names of a text as 16-bit numbers, the smallest 24 of them (bottom-k)."""
    found = frozenset(_facts(text))
    numbers = {zlib.crc32(fact.encode("utf-8", "surrogatepass")) & 0xFFFF for fact in found}
    return tuple(sorted(numbers)[:FACTS])


def names(text: str) -> tuple[str, ...]:
    """The names of a text, folded, each once, in order."""
    return tuple(dict.fromkeys(fact for fact in _facts(text) if not fact[:1].isdigit()))


def _facts(text: str) -> list[str]:
    words = text.split()
    return [
        word.strip(_AROUND).removesuffix("'s").removesuffix("’s").casefold()
        for before, word in zip([".", *words], words, strict=False)
        if word[0] in _FIRST and (word[0] in _DIGITS or before[-1] not in _ENDS)
    ]
