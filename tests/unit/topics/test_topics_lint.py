"""What `check` says of actors and places of one's own."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.lexicon import Knowledge
from monitor.model import Actor, Place, Role
from monitor.topics.lint import lint


def codes(subject: Actor | Place, shipped: Knowledge) -> list[str]:
    more = {"actors": [subject]} if isinstance(subject, Actor) else {"places": [subject]}
    return [remark.code for remark in lint([subject], shipped.merged(**more))]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (Actor(id="quill", name="Quill Society", kind="organisation"), []),
        (Actor(id="quill", name="Quill", short="Q", kind="party", exact=("QS",)), ["N002"]),
        (Actor(id="quill", name="Hezbollah", kind="party"), ["N001"]),
        (Actor(id="quill", name="Quill", kind="party", aliases=("Baghdad",)), ["N001"]),
        (Actor(id="quill", name="Quill", kind="party", aliases=("QUILL", "!!")), ["N003", "N003"]),
        (
            Actor(
                id="quill",
                name="Quill",
                kind="person",
                active=(date(2020, 1, 1), date(2019, 1, 1)),
                roles=(Role(country="IQ", office="king", begins=None, ends=date(2019, 1, 1)),),
            ),
            ["N004"],
        ),
        (Place(id="quill-iq", name="Quill", kind="city", country="IQ"), []),
        (Place(id="IQ", name="Iraq", kind="country", country="IQ"), []),
        (Actor(id="iraq", name="Iraq", kind="state", home=("IQ",)), []),
    ],
)
def test_odd_names_are_told(
    subject: Actor | Place, expected: list[str], shipped: Knowledge
) -> None:
    assert codes(subject, shipped) == expected


def test_a_remark_names_the_other_bearers_and_a_fix(shipped: Knowledge) -> None:
    actor = Actor(id="quill", name="Hezbollah", kind="party")
    (remark,) = lint([actor], shipped.merged(actors=[actor]))
    assert str(remark).startswith(
        "[actor.quill] N001: 'Hezbollah' is also a name of actor:hezbollah."
    )
