"""A small world to name things in."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.lexicon import Knowledge, Lexicon, Mentions
from monitor.model import Actor, Article, Place, Theme
from monitor.text import read


def _country(code: str, name: str, demonym: str, people: int, *aliases: str) -> Place:
    return Place(
        id=code,
        name=name,
        kind="country",
        country=code,
        aliases=aliases,
        demonyms=(demonym,),
        population=people,
    )


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return Knowledge.of(
        actors=(
            Actor(
                id="us",
                name="United States",
                kind="state",
                short="US",
                aliases=("U.S.", "USA"),
                demonyms=("American",),
            ),
            Actor(id="iran", name="Iran", kind="state", demonyms=("Iranian",)),
            Actor(id="iraq", name="Iraq", kind="state", demonyms=("Iraqi",)),
            Actor(
                id="isil",
                name="ISIL",
                kind="armed_group",
                aliases=(
                    "ISIS",
                    "Islamic State",
                    "Islamic State in Iraq and the Levant",
                    "داعش",
                ),
                exact=("IS",),
            ),
            Actor(id="al-qaeda", name="al-Qaeda", kind="armed_group", aliases=("القاعدة",)),
            Actor(
                id="who", name="World Health Organization", kind="organisation", aliases=("WHO",)
            ),
            Actor(id="reds", name="Red Party", kind="party", aliases=("Reds",)),
            Actor(id="red-army", name="Red Army", kind="military", aliases=("Reds",)),
            Actor(id="inter", name="Inter", kind="organisation", exact=("Málaga CF",)),
        ),
        places=(
            _country("US", "United States", "American", 330_000_000, "US", "U.S."),
            _country("IQ", "Iraq", "Iraqi", 40_000_000),
            _country("IR", "Iran", "Iranian", 90_000_000),
            _country("LY", "Libya", "Libyan", 7_000_000),
            _country("LB", "Lebanon", "Lebanese", 5_000_000),
            _country("GE", "Georgia", "Georgian", 4_000_000),
            Place(
                id="georgia-us", name="Georgia", kind="region", country="US", population=11_000_000
            ),
            Place(id="nineveh-iq", name="Nineveh", kind="region", country="IQ", inside="IQ"),
            Place(id="mosul-iq", name="Mosul", kind="city", country="IQ", inside="nineveh-iq"),
            Place(id="tripoli-ly", name="Tripoli", kind="city", country="LY", population=1_200_000),
            Place(id="tripoli-lb", name="Tripoli", kind="city", country="LB", population=230_000),
            Place(id="nice-fr", name="Nice", kind="city", country="FR"),
            Place(id="reading-gb", name="Reading", kind="city", country="GB"),
            Place(id="beijing-cn", name="Beijing", kind="city", country="CN", aliases=("北京",)),
            Place(id="seoul-kr", name="Seoul", kind="city", country="KR", aliases=("서울",)),
            Place(id="sao-paulo-br", name="São Paulo", kind="city", country="BR"),
        ),
        themes=(
            Theme(
                id="violence",
                label="violence",
                terms=(("attack*", 1.0), ("air strike", 2.0)),
                negative=(("heart attack*", 1.5),),
            ),
            Theme(id="war", label="war", terms=(("war", 1.0), ("UN", 0.5))),
            Theme(id="trade", label="trade", terms=(("trade war", 1.0),)),
        ),
    )


@pytest.fixture(scope="session")
def mentions(knowledge: Knowledge) -> Callable[..., Mentions]:
    lexicon = Lexicon.compile(knowledge)

    def scan(body: str, *, title: str = "") -> Mentions:
        return lexicon.scan(
            read(
                Article(
                    id="1",
                    source="wire",
                    title=title,
                    body=body,
                    fetched=datetime(2026, 1, 1, tzinfo=UTC),
                )
            )
        )

    return scan
