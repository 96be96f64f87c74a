"""Why a query holds or not: each clause with its places, each miss with what came nearest."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.lexicon import Knowledge, Lexicon
from monitor.model import Article, Topic, Watch
from monitor.text import read
from monitor.watch import Verdict, explain, parse, parse_watch

Explain = Callable[..., Verdict]


@pytest.fixture
def explained(knowledge: Knowledge) -> Explain:
    lexicon = Lexicon.compile(knowledge)

    def explain_one(
        query: str | Watch, body: str = "", *, topics: tuple[Topic, ...] = (), **article: Any
    ) -> Verdict:
        values: dict[str, Any] = {
            "id": "1",
            "source": "wire",
            "title": "",
            "body": body,
            "fetched": datetime(2026, 1, 1, tzinfo=UTC),
        }
        reading = read(Article(**(values | article)))
        tree = (
            parse_watch(query, knowledge) if isinstance(query, Watch) else parse(query, knowledge)
        )
        return explain(tree, reading, lexicon.scan(reading), topics)

    return explain_one


MISSES = {
    # terms
    "drone": ("Nothing flew.", "it does not occur"),
    "US": ("Let us go. Tell us.", "it occurs only as `us`"),
    'exact("Turkey")': ("They ate turkey.", "it occurs only as `turkey`"),
    "drones": ("A drone fell.", "only `drone` occurs"),
    "strike": ("Three strikes came.", "only `strikes` occurs"),
    "tea": ("Teas of all sorts.", "only `Teas` occurs"),
    "ox": ("An oxcart.", "it does not occur"),
    '"air strike"': ("He was on the air. Strike three.", "the phrase is split over two sentences"),
    '"air strike crew"': ("The air was full of strike calls.", "`crew` does not occur"),
    '"wing tip"': (
        "The wing has a tip.",
        "its words do not stand side by side: at best within 4 words",
    ),
    "terror*": ("All was calm.", "it does not occur"),
    # names
    "actor:isil": ("An islamic state agency.", "the actor occurs only as `islamic state`"),
    "actor:iran": ("Nobody came.", "the actor is not named"),
    # counts and distances
    "atleast(3, drone)": ("A drone. A drone.", "found 2 of 3"),
    "drone NEAR/3 bomb": (
        "A drone flew over the old harbour with a bomb.",
        "NEAR/3: the closest pair is 8 words apart",
    ),
    "drone THEN/5 bomb": (
        "A bomb under a drone.",
        "THEN/5: they stand in the other order only, 3 words apart",
    ),
    "bomb THEN/2 drone": (
        "A drone with bomb.",
        "THEN/2: they stand in the other order only, 2 words apart",
    ),
    "bomb THEN/S drone": (
        "A drone dropped a bomb.",
        "THEN/S: they stand in the other order only, 3 words apart",
    ),
    "drone NEAR/S bomb": (
        "A drone flew. It was dark. A bomb fell.",
        "NEAR/S: never in one sentence; the closest pair is 2 sentences and 6 words apart",
    ),
    "drone NEAR/P bomb": (
        "A drone flew.\n\nA bomb fell.",
        "NEAR/P: never in one paragraph; the closest pair is 1 paragraph and 3 words apart",
    ),
    "drone NOT NEAR/2 toy": ("A toy drone.", "NOT NEAR/2: the only one has one within 2 words"),
    "drone NOT NEAR/S toy": (
        "A toy drone met a drone.",
        "NOT NEAR/S: each of the 2 has one in its sentence",
    ),
    # what the source says
    "drone AND lang:en": ("A drone.", "the source gives no lang"),
    # negatives
    "drone NOT toy": ("A toy drone.", "it must not be there, and is"),
    'topic:"ISIL in Iraq"': ("Nothing.", "no topic was found"),
    "theme:violence": ("A garden.", "none of its terms occurs"),
}  # fmt: skip


@pytest.mark.parametrize("query", MISSES)
def test_a_miss_says_what_came_nearest(explained: Explain, query: str) -> None:
    text, said = MISSES[query]

    verdict = explained(query, text)

    assert not verdict.held
    assert [each.miss for each in verdict.missing] == [said]


def test_the_nearest_places_are_shown_in_order_of_the_text(explained: Explain) -> None:
    verdict = explained("drone NEAR/1 bomb", "A drone. Quiet, quiet, quiet. A bomb. A drone.")
    phrase = explained('"air strike wing"', "The wing of the strike: in the air.")

    assert [(each.text, each.start) for each in verdict.nearest] == [("bomb", 32), ("drone", 40)]
    assert verdict.places == 0
    assert [each.text for each in phrase.nearest] == ["wing", "strike", "air"]


def test_a_split_phrase_is_told_from_one_whose_words_stand_apart(explained: Explain) -> None:
    assert "two sentences" in explained('"air strike"', "No air. Strike now.").miss
    assert "different fields" in explained('"air strike"', "Strike now.", title="Air").miss


def test_a_word_in_another_field_is_found_there(explained: Explain) -> None:
    verdict = explained("title:(drone AND bomb)", "A drone.", title="A bomb", summary="drone")

    (missing,) = verdict.missing
    assert missing.clause == "drone"
    assert missing.miss == "it stands in another field: the summary and the body"
    assert [part.held for part in verdict.parts[0].parts] == [False, True]


def test_sides_in_different_fields_are_never_near(explained: Explain) -> None:
    assert explained("drone NEAR/9 bomb", "A bomb.", title="A drone").miss == (
        "NEAR/9: they stand in different fields only"
    )


def test_overlapping_sides_in_order_are_told(explained: Explain) -> None:
    verdict = explained('"air strike" THEN/1 strike', "An air strike.")

    assert verdict.miss == "THEN/1: they stand in the other order only, overlapping"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("drone", "it occurs only in the publisher's tags: `drones`"),
        ('"air strike"', "it occurs only in the publisher's tags: `Air strikes`"),
        ("terror*", "it occurs only in the publisher's tags: `terrorism`"),
        ("actor:iran", "the actor occurs only in the publisher's tags: `Iran`"),
    ],
)
def test_what_stands_only_in_the_publishers_tags_is_told(
    explained: Explain, query: str, said: str
) -> None:
    tags = ("drones", "Air strikes", "terrorism", "Iran")

    assert explained(query, "Nothing.", tags=tags).miss == said


def test_a_name_inside_a_longer_name_is_told() -> None:
    from monitor.model import Actor

    world = Knowledge.of(
        actors=(
            Actor(id="iraq", name="Iraq", kind="state"),
            Actor(id="isil", name="Islamic State in Iraq", kind="armed_group"),
        )
    )
    reading = read(
        Article(
            id="1",
            source="wire",
            title="",
            body="Said the Islamic State in Iraq. ISLAMIC STATE of Iraq.",
            fetched=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )
    short = read(
        Article(
            id="1",
            source="wire",
            title="",
            body="Said the Islamic State in Iraq.",
            fetched=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )
    lexicon = Lexicon.compile(world)

    held = explain(parse("actor:iraq", world), reading, lexicon.scan(reading))
    inside = explain(parse("actor:iraq", world), short, lexicon.scan(short))

    assert [each.start for each in held.evidence] == [49]
    assert inside.miss == "it occurs only inside a longer name: `Islamic State in Iraq`"


def test_a_name_that_means_another_place_is_told() -> None:
    from monitor.model import Place

    world = Knowledge.of(
        places=(
            Place(id="GE", name="Georgia", kind="country", country="GE", population=4),
            Place(id="georgia-us", name="Georgia", kind="region", country="US", population=11),
        )
    )
    article = Article(
        id="1",
        source="wire",
        title="",
        body="In Georgia.",
        fetched=datetime(2026, 1, 1, tzinfo=UTC),
    )
    reading = read(article)

    verdict = explain(parse("place:GE", world), reading, Lexicon.compile(world).scan(reading))

    assert verdict.miss == "there `Georgia` means place:georgia-us"


def test_a_name_split_over_two_sentences_is_told(explained: Explain) -> None:
    verdict = explained("actor:isil", "It is Islamic. State schools opened.")

    assert verdict.miss == "the name is split over two sentences"


def test_a_theme_outweighed_is_told(explained: Explain) -> None:
    verdict = explained("theme:violence", "He died of a heart attack.")

    assert verdict.miss == "its terms weigh 0 for it and 1 against it"


def test_what_the_source_says_is_told(explained: Explain) -> None:
    verdict = explained("drone AND lang:de", "A drone.", language="en-GB")

    assert [each.miss for each in verdict.missing] == ["the source says `en-GB`"]


def test_the_topics_are_told(explained: Explain) -> None:
    topic = Topic(key="place:IQ", label="Iraq", shape="place", score=0.5, evidence=())

    assert explained('topic:"Iran"', topics=(topic,)).miss == "the topics are `Iraq`"
    assert explained("topic:iraq", topics=(topic,)).held


def test_windows_tell_their_smallest_and_fullest(explained: Explain) -> None:
    def watch(within: Any, *together: str) -> Watch:
        return Watch(id="w", title="W", together=together, within=within)

    text = "A drone and a bomb.\n\nA toy."

    assert explained(watch(3, "drone", "toy"), text).miss == (
        "the smallest window that holds them all has 6 words"
    )
    assert explained(watch("sentence", "drone", "bomb", "toy"), text).miss == (
        "no sentence holds them all; the fullest holds 2 of 3, without `toy`"
    )
    assert explained(watch("paragraph", "drone", "toy"), text).miss == (
        "no paragraph holds them all; the fullest holds 1 of 2, without `toy`"
    )
    assert explained(watch(9, "drone", "tank"), text, title="A tank").miss == (
        "they stand in different fields only"
    )
    held = explained(watch("paragraph", "drone", "bomb"), text)
    assert [each.text for each in held.evidence] == ["drone", "bomb"]


def test_a_side_that_is_not_there_is_the_miss(explained: Explain) -> None:
    verdict = explained("drone NEAR/3 (bomb OR tank)", "A drone.")

    assert not verdict.miss
    assert [each.clause for each in verdict.missing] == ["bomb"]
    assert verdict.parts[0].held


def test_of_a_choice_the_nearest_branch_is_the_miss(explained: Explain) -> None:
    verdict = explained("(tank AND plane AND ship) OR (drone AND bomb)", "A drone.")

    assert [each.clause for each in verdict.missing] == ["bomb"]
    assert verdict.closeness == 0.5


def test_what_holds_shows_its_places_and_how_many_there_are(explained: Explain) -> None:
    verdict = explained("drone AND NOT toy", "drone " * 5)

    drone, toy = verdict.parts
    assert verdict.held
    assert verdict.missing == ()
    assert verdict.closeness == 1
    assert (drone.places, len(drone.evidence)) == (5, 3)
    assert (toy.held, toy.parts) == (True, ())


def test_what_must_not_be_there_is_shown_where_it_is(explained: Explain) -> None:
    verdict = explained("drone AND NOT (toy OR game)", "A toy drone.")
    plain = explained("drone AND NOT lang:en", "A drone.", language="en")

    (missing,) = verdict.missing
    assert [each.text for each in missing.nearest] == ["toy"]
    assert [part.held for part in missing.parts[0].parts] == [True, False]
    assert plain.missing[0].miss == "it must not be so, and is"


def test_a_topic_that_holds_shows_its_sentence(explained: Explain) -> None:
    from monitor.model import Field
    from monitor.model.topic import TopicEvidence

    shown = TopicEvidence(sentence="A drone.", field=Field.BODY, start=0, end=8)
    topic = Topic(key="k", label="Drones", shape="place", score=1, evidence=(shown,))

    verdict = explained("topic:drones", "A drone.", topics=(topic,))

    assert [each.text for each in verdict.evidence] == ["A drone."]
