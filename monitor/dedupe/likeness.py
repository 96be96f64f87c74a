"""Are two prints those of one text? `claim.lua` has the same rule; a test holds the two equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.dedupe.sketches import FACTS, SLOTS

if TYPE_CHECKING:
    from monitor.dedupe.sketches import Print

MIN_SLOTS: Final = 24
"""Equal slots, at least: below, the estimate is mostly noise."""
MIN_CONTAINED: Final = 0.64
"""Of the smaller text's shingles that the other holds, estimated. Two texts of one length that
share half their shingles have .67."""
MIN_FACTS: Final = 4
"""Facts that both must have for the texts to differ much; with fewer they must be nearly one."""
MIN_AGREED: Final = 0.6
"""Of the facts of the one with fewer that the other has, too."""
SURE_CONTAINED: Final = 0.9
"""What has to be contained where there are few facts to compare, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How two prints agree.

    `slots` is how many are equal, `bands` are the numbers of equal bands, `contained` the estimated
    share of the smaller text that the other holds, `agreed` the share of facts (None: there are
    none) of the one that has fewer, `facts`.
    """

    slots: int
    bands: tuple[int, ...]
    contained: float
    agreed: float | None
    facts: int

    @property
    def resemblance(self) -> float:
        """The estimated share of common shingles, 0 to 1, to three digits."""
        return round(self.slots / SLOTS, 3)

    @property
    def is_copy(self) -> bool:
        """Whether the two are one text."""
        if self.slots < MIN_SLOTS:
            return False
        enough = MIN_CONTAINED if self.facts >= MIN_FACTS else SURE_CONTAINED
        return self.contained >= enough and (self.agreed is None or self.agreed >= MIN_AGREED)


def likeness(ours: Print, theirs: Print) -> Likeness:
    """Compare two prints."""
    slots = sum(
        ours.slots[at : at + 2] == theirs.slots[at : at + 2] for at in range(0, 2 * SLOTS, 2)
    )
    # |A and B| = J / (1 + J) * (|A| + |B|), with J = slots / 64
    common = slots / (SLOTS + slots) * (ours.size + theirs.size)
    agreed, facts = _agreed(ours.facts, theirs.facts)
    return Likeness(
        slots=slots,
        bands=tuple(
            number
            for number, (one, other) in enumerate(zip(ours.bands, theirs.bands, strict=True))
            if one == other
        ),
        contained=round(min(common / min(ours.size, theirs.size), 1.0), 3),
        agreed=agreed,
        facts=facts,
    )


def _agreed(ours: tuple[int, ...], theirs: tuple[int, ...]) -> tuple[float | None, int]:
    """The share of common facts, and of how many. Of two samples only what lies under both their
    ends is whole."""
    ends = [facts[-1] for facts in (ours, theirs) if len(facts) == FACTS]
    end = min(ends, default=0xFFFF)
    mine, other = ({fact for fact in facts if fact <= end} for facts in (ours, theirs))
    fewer = min(len(mine), len(other))
    return (round(len(mine & other) / fewer, 3) if fewer else None), fewer
