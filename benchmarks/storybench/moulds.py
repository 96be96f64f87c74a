"""Texts from one mould about different things, which share most of their words and are no copies.

Weather, markets, results and obituaries are printed every day with other names and numbers. 50
pairs of each; half of the weather and all of the markets are about one place on two days, which is
the harder case. Seeded.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

WEATHER = (
    "{place} will be mostly {sky} on {day}, with a high of {a} degrees and a low of {b}"
    " overnight, the weather service said. Winds from the {wind} will reach {c} kilometres an"
    " hour in the afternoon and ease after sunset.\n\nThere is a {d} percent chance of rain in"
    " the evening, with up to {e} millimetres expected in the hills around {place}. Visibility"
    " will be good on the roads, and no warnings are in force for drivers or for boats.\n\nThe"
    " outlook for the next three days is similar, with temperatures between {f} and {g}"
    " degrees. The sun will rise at 6:{h} and set at 19:{i}. Pollen levels will be low and air"
    " quality is expected to be good in all districts."
)
MARKETS = (
    "Shares in {place} closed {move} on {day}, with the benchmark {index} index {verb}"
    " {a}.{b} percent to {c},{d:03d}.{e} points. Turnover was {f} million shares, against an"
    " average of {g} million in the last month.\n\nBanks led the market, with {one} {verb}"
    " {h}.{i} percent and {two} {verb} {j}.{k} percent. Exporters were mixed as the currency"
    " traded at {l}.{m} to the dollar. Dealers said that investors were waiting for the"
    " decision of the central bank on interest rates later this week.\n\nBond prices were"
    " little changed, with the yield on the ten-year note at {n}.{o} percent. Oil was at"
    " {p}.{q} dollars a barrel in late trade, and gold at {r} dollars an ounce."
)
RESULT = (
    "{one} beat {two} {a}-{b} on {day} to move to {c} points in the league, in front of"
    " {d},{e:03d} spectators at the {ground}.\n\n{scorer} opened the scoring in the {f}th"
    " minute with a low shot from the edge of the area, and {second} doubled the lead {g}"
    " minutes after the break. The visitors came back into the match when {third} headed in"
    " from a corner, but could not find another goal in spite of late pressure.\n\nThe coach of"
    " the home side, {coach}, said that he was pleased with the way his players had kept their"
    " shape. The two sides meet again on {day2} in the second leg, when {one} will be without"
    " {fourth}, who was booked for the {h}th time this season."
)
OBITUARY = (
    "{person}, {trade} who {deed}, died on {day} at the age of {a}, the family said in a"
    " statement.\n\nBorn in {place} in 19{b}, {last} was the {c}th of {d} children. After"
    " school the young {last} worked for {e} years at {firm} before moving to {town} in 19{f},"
    " where friends remember a warm and generous neighbour with a dry sense of humour.\n\n"
    "{last} is survived by a spouse, {spouse}, {g} children and {h} grandchildren. The"
    " funeral will be held at the church of {church} on {day2} and will be open to the public."
    " The family has asked for donations to the {fund} instead of flowers."
)

_PLACES = (
    *("Basra", "Mosul", "Lagos", "Lima", "Hanoi", "Bergen", "Gdansk", "Porto", "Cork"),
    *("Izmir", "Quito", "Perth", "Osaka", "Turin"),
)
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_LAST = (
    *("Aldana", "Brekke", "Castell", "Dunmore", "Eskola", "Farrar", "Grieve"),
    *("Halloran", "Ibarra", "Jansky", "Kessel", "Lindqvist", "Moraes", "Novak"),
    *("Okafor", "Pereira", "Quigley", "Rossi", "Stavrou", "Tanaka", "Ueda", "Vance"),
)
_FIRST = (
    *("Ada", "Bruno", "Celia", "David", "Elena", "Franz", "Greta", "Hugo", "Irene"),
    *("Jonas", "Karin", "Leon", "Mara", "Nils"),
)
_CLUBS = (
    *("Rovers", "United", "Athletic", "Wanderers", "City", "Albion", "Rangers"),
    *("County", "Dynamo", "Sporting"),
)
_SKY = ("sunny", "cloudy", "overcast", "fine", "windy", "hazy")
_MOVES = (("higher", "rising"), ("lower", "falling"), ("sharply higher", "gaining"))
_TRADES = (
    ("the painter", "made the harbour famous"),
    ("the judge", "rewrote the water law"),
    ("the goalkeeper", "won three titles"),
    ("the surgeon", "founded the children's clinic"),
)


def _numbers(draw: random.Random) -> dict[str, int]:
    return {letter: draw.randint(11, 99) for letter in "abcdefghijklmnopqr"}


def _person(draw: random.Random) -> str:
    return f"{draw.choice(_FIRST)} {draw.choice(_LAST)}"


def _weather(draw: random.Random, place: str) -> str:
    return WEATHER.format(
        **_numbers(draw),
        place=place,
        sky=draw.choice(_SKY),
        day=draw.choice(_DAYS),
        wind=draw.choice(("north", "south", "east", "west")),
    )


def _markets(draw: random.Random, place: str) -> str:
    move, verb = draw.choice(_MOVES)
    return MARKETS.format(
        **_numbers(draw),
        place=place,
        index=f"{place} Fifty",
        day=draw.choice(_DAYS),
        move=move,
        verb=verb,
        one=f"{place} Trust",
        two="Harbour Bank",
    )


def _result(draw: random.Random, _: str) -> str:
    one, two = (f"{draw.choice(_PLACES)} {draw.choice(_CLUBS)}" for _ in range(2))
    people = {role: _person(draw) for role in ("scorer", "second", "third", "fourth", "coach")}
    return RESULT.format(
        **_numbers(draw),
        **people,
        one=one,
        two=two,
        ground=f"{draw.choice(_LAST)} Park",
        day=draw.choice(_DAYS),
        day2=draw.choice(_DAYS),
    )


def _obituary(draw: random.Random, _: str) -> str:
    last = draw.choice(_LAST)
    trade, deed = draw.choice(_TRADES)
    return OBITUARY.format(
        **_numbers(draw),
        person=f"{draw.choice(_FIRST)} {last}",
        last=last,
        trade=trade,
        deed=deed,
        place=draw.choice(_PLACES),
        town=draw.choice(_PLACES),
        firm=f"{draw.choice(_LAST)} Brothers",
        spouse=draw.choice(_FIRST),
        church=f"Saint {draw.choice(_FIRST)}",
        fund=f"{draw.choice(_LAST)} Fund",
        day=draw.choice(_DAYS),
        day2=draw.choice(_DAYS),
    )


MOULDS: dict[str, Callable[[random.Random, str], str]] = {
    "weather": _weather,
    "markets": _markets,
    "results": _result,
    "obituaries": _obituary,
}


def pairs(each: int = 50) -> Iterator[tuple[str, str, str]]:
    """(mould, one text, another text)."""
    draw = random.Random(7)
    for name, mould in MOULDS.items():
        for number in range(each):
            here, there = draw.sample(_PLACES, 2)
            if name == "markets" or number % 2:
                there = here
            yield name, mould(draw, here), mould(draw, there)
