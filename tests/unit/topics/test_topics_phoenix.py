"""Actor dictionaries of Phoenix, PETRARCH and CAMEO."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.errors import ParseError
from monitor.model import Actor, Role
from monitor.topics.phoenix import read_phoenix

# Made up, in the form that the dictionaries have.
DICTIONARY = """\
# a remark
<!-- another -->
ADA_QUILL_ ; somebody
+A._QUILL_
+QUILL_
\t[IRQELI <20090119]
\t[IRQGOV 20090120-20170120]
\t[IRQELI >20170120]
RED_HAND-BAND_ [PERREB]
ABC [IGOUNO]
IRAQ_ [IRQ]
NOBODY_
OLD_KING_ [IRQGOV 790716-990101]
BAD_DAY_ [IRQGOV 20091399]
ADA_QUILL_ [IRQGOV]
"""


def test_names_kinds_homes_and_dated_offices_are_read() -> None:
    actors = {actor.id: actor for actor in read_phoenix(DICTIONARY)}
    assert list(actors) == ["ada-quill", "red-hand-band", "abc", "old-king", "bad-day"]
    assert actors["ada-quill"] == Actor(
        id="ada-quill",
        name="Ada Quill",
        kind="person",
        aliases=("A. Quill", "Quill"),
        home=("IQ",),
        roles=(
            Role(
                country="IQ",
                office="government",
                begins=date(2009, 1, 20),
                ends=date(2017, 1, 20),
            ),
        ),
    )
    assert actors["red-hand-band"].name == "Red Hand-Band"
    assert actors["red-hand-band"].kind == "armed_group"
    assert (actors["abc"].name, actors["abc"].kind, actors["abc"].home) == (
        "ABC",
        "organisation",
        (),
    )
    assert actors["old-king"].roles[0].begins == date(1979, 7, 16)
    assert actors["bad-day"].kind == "government"


@pytest.mark.parametrize("text", ["", "hello", "IRAQ_ [IRQ]"])
def test_a_file_without_actors_is_an_error(text: str) -> None:
    with pytest.raises(ParseError, match="no actor in it"):
        read_phoenix(text)
