"""What a print is made of. Prints are kept in Redis: equal texts must have equal ones for good."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b

import pytest

from monitor.dedupe import Print, likeness, sketch, text_key
from monitor.dedupe.sketches import ROWS, SCHEME, names
from monitor.model import Article

TEXT = " ".join(
    f"On day {at} the {at * 7} men of Harbour {at % 5} met Jonas Meyer." for at in range(9)
)


def test_a_print_is_the_same_on_every_day_and_machine() -> None:
    found = sketch(TEXT.casefold().split(), TEXT)

    assert found is not None
    # whoever changes this raises SCHEME: prints of two kinds must not be compared
    assert (SCHEME, blake2b(found.full.packed, digest_size=8).hexdigest()) == (
        1,
        "f1e4330826e94542",
    )


def test_bands_are_the_runs_of_slots_from_the_first_on() -> None:
    found = sketch(TEXT.casefold().split(), TEXT)

    assert found is not None
    bands = found.lead.bands
    assert {len(band) for band in bands} == {2 * ROWS}
    assert found.lead.slots.startswith(b"".join(bands))


def test_facts_agree_by_their_share_to_three_digits() -> None:
    ours = Print(slots=bytes(128), size=90, facts=(1, 2, 3), banded=12)
    theirs = Print(slots=bytes(128), size=90, facts=(1, 5, 6, 7), banded=12)

    assert likeness(ours, theirs).agreed == 0.333


def test_names_begin_with_a_capital_of_any_latin_script() -> None:
    text = "in Ångström, Çeşme, Örebro, Østerbro, Þingvellir ¿quien ×two ßharp"

    assert names(text) == ("ångström", "çeşme", "örebro", "østerbro", "þingvellir")


@pytest.mark.parametrize("copy", ["Ｔｗｏ ﬁgures met", "Two fi\u00adgu\u200bres met"])
def test_the_form_of_letters_and_what_is_unseen_do_not_count(copy: str) -> None:
    def key(body: str) -> str:
        return text_key(
            Article(
                id="1", source="s", title="", body=body, fetched=datetime(2026, 1, 1, tzinfo=UTC)
            )
        )

    assert key(copy) == key("Two figures met")
