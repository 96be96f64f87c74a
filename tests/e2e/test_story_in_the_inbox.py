"""One happening, many papers: what a reader is told by mail and on the console, and no more."""

from __future__ import annotations

import json
from typing import Any

from inbox import opened
from product import Product

STORY = """Militants seized the city of Tikrit on Wednesday after soldiers and policemen left \
their posts, residents said, a day after Mosul fell to the same force.

Fighters of the Islamic State in Iraq and the Levant drove into the city from the north and the \
east in some sixty pick-up trucks, freed hundreds of inmates from the main prison and set a police \
station on fire. A clerk in the governor's office said that he had counted nine bodies in the \
street.

Tikrit, the home town of the former president Saddam Hussein, lies on the road between Mosul and \
Baghdad. Farther south, gunmen attacked an army checkpoint outside Samarra, where troops held them \
off with helicopters.

Prime Minister Nuri al-Maliki called what had happened in the north a conspiracy and promised to \
punish officers who had run away. He asked parliament to declare a state of emergency, but too few \
members came to the session on Thursday for a vote.

The officers' families said that nobody had told them where the men had been taken."""
CONSULATE = (
    "\n\nTurkey said late on Thursday that 49 people had been taken from its consulate in Mosul."
)
OTHER = """The fall of Tikrit has put the army of Iraq before its hardest choice since the war, \
officers in Baghdad said on Thursday. The men of the Islamic State in Iraq and the Levant now hold \
the birthplace of Saddam Hussein and the road that leads to the capital.

Analysts had warned for months that garrisons in the north were held together by pay alone. When \
Mosul went, nobody wanted to be the last to stay in Tikrit, a major who had reached Samarra on \
foot said; he had thrown his uniform into the Tigris."""
WATCHLIST = """
[watch.insurgents]
title   = "Insurgents in Iraq"
when    = 'actor:isil AND place:iraq'
notify  = ["desk", "console"]
updates = [4]

[watch.consulates]
title  = "Attacks on consulates"
when   = 'consulate AND (taken OR stormed)'
notify = ["desk", "console"]
"""
CHANNELS = """
[channel.console]
type = "console"
[channel.desk]
type = "email"
to   = ["desk@example.org"]
from = "wirewatch@example.org"
smtp = "smtp://127.0.0.1:{port}"
"""


def paper(name: str, number: int, title: str, body: str) -> str:
    return json.dumps(
        {
            "id": f"{name}-{number}",
            "source": name,
            "url": f"https://{name}.example/{number}",
            "title": title,
            "body": body,
            "published": f"2014-06-12T{8 + number:02}:00:00Z",
        }
    )


def cut(text: str) -> str:
    """As a paper with little room prints it."""
    return " ".join(text.split(" ")[:75]) + " ..."


def come_in(product: Product, number: int, *articles: str) -> str:
    """Articles arrive and are dealt with; what the console shows."""
    product.seed(f"wave{number}.jsonl", "\n".join(articles))
    done = product.run_once()
    assert done.returncode == 0, done.stderr
    return done.stderr


def told(product: Product) -> list[Any]:
    lines = product.call("alerts", "--json").stdout.splitlines()
    return [json.loads(line) for line in lines]


def test_a_story_is_told_once_and_its_spread_is_told_where_asked_for(product: Product) -> None:
    with opened() as (inbox, port):
        # given
        product.write("watchlist.toml", WATCHLIST)
        product.write("channels.toml", CHANNELS.format(port=port))
        title = "Tikrit in militants' hands as army melts away"
        said = [come_in(product, 1, paper("harbour", 1, title, f"TIKRIT (Reuters) - {STORY}"))]
        # when: two copies, and the story grows; then a short copy, and another article
        said += [
            come_in(
                product,
                2,
                paper(
                    "star",
                    2,
                    "Second city falls in two days",
                    f"Advertisement\n\n{STORY}\n\nReuters contributed to this report.",
                ),
                paper("ledger", 2, "Tikrit falls", f"TIKRIT, Iraq, June 12 - {STORY}"),
                paper("harbour", 1, title, f"TIKRIT (Reuters) - {STORY}{CONSULATE}"),
            ),
            come_in(
                product,
                3,
                paper("courier", 3, "Tikrit seized", f"Tikrit - {cut(STORY)}"),
                paper("valley", 4, "The army's choice after Tikrit", OTHER),
            ),
        ]
    # then: the alert; the other watch, by the revision; the update; the other story
    first, revised, *rest = inbox.letters
    assert first["Subject"] == f"Insurgents in Iraq: {title}"
    assert revised["Subject"] == f"Attacks on consulates: {title}"
    assert len(rest) == 2, [letter["Subject"] for letter in rest]
    update = next(letter for letter in rest if letter["Subject"].startswith("Re: "))
    (other,) = (letter for letter in rest if letter is not update)
    assert update["Subject"] == f"Re: {first['Subject']}"
    assert update["In-Reply-To"] == first["Message-ID"]
    assert first["Message-ID"] in update["References"]
    assert (
        "Now in 4 sources (1 independent): harbour · star · ledger · courier"
        in update.get_body(("plain",)).get_content()
    )
    assert other["Subject"] == "Insurgents in Iraq: The army's choice after Tikrit"
    # and the console said the same
    assert "Now in 4 sources (1 independent): harbour · star · ledger · courier" in said[2]
    assert [text.count("Insurgents in Iraq") for text in said] == [1, 0, 2]
    # and the alerts know how far the story has spread, and that the other one is about the same
    alerts = {(each["watch"], each["article"]["id"]): each for each in told(product)}
    story = alerts["insurgents", "harbour-1"]
    assert [source["source"] for source in story["sources"]] == [
        *("harbour", "star", "ledger", "courier"),
    ]
    assert story["independent"] == 1
    assert alerts["insurgents", "valley-4"]["event"] == story["event"]
    shown = product.call("alerts", "show", story["alert"][:8]).stderr
    assert "Other stories about what seems the same event:" in shown
    assert "desk: update at 4 publishers: attempt 1, sent" in shown
