"""What is each of these articles about, and what is it not about?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.lexicon import Knowledge, Lexicon
from monitor.model import Actor, Article, Field, Place, Topic
from monitor.text import read
from monitor.topics import LEAST_SCORE, MOST_EVIDENCE, MOST_TOPICS, extract

TopicsOf = Callable[..., tuple[Topic, ...]]

CAPTURE = (
    "M23 rebels enter Goma as troops fall back",
    "M23 rebels marched into Goma, the largest city in eastern DR Congo, on Monday after days of "
    "fighting that killed dozens of people. Gunfire was heard near the airport.",
    "The M23 said it would restore order in Congo. Residents of Bukavu feared that the rebels "
    "would attack their city next. M23 fighters have taken several towns in North Kivu.",
    "The Congolese government accused Rwanda of sending soldiers across the border. Rwanda denied "
    "helping the rebels. Félix Tshisekedi said Rwandan troops had invaded his country. Paul Kagame "
    "told reporters that the Congolese army had attacked first.",
)
TARIFFS = (
    "China answers U.S. tariffs with duties on soybeans",
    "China said it would impose duties on American soybeans after the United States raised tariffs "
    "on steel. The Chinese commerce ministry called the move the start of a trade war.",
    "Exports of farm goods to China have halved. The White House said it wanted a trade deal with "
    "China. Chinese officials summoned the American ambassador. China suspended talks on imports.",
)
QUAKE = (
    "Strong earthquake shakes Chile and Argentina",
    "An earthquake of magnitude 7.3 shook northern Chile and parts of Argentina before dawn.",
    "In Antofagasta, rescue teams searched the rubble of a hotel. Aftershocks were felt in Salta. "
    "The Chilean government sent troops to clear roads. The US Geological Survey put the epicentre "
    "80 km below the ground. The tremor cut power in Calama.",
)
VOTE = (
    "Ghana votes for a new president",
    "Voters in Ghana queued before dawn to choose a president in an election seen as a test of "
    "the economy. Polling stations in Accra opened late.",
    "Turnout in Kumasi was high, the electoral commission said. Ghanaian election observers "
    "reported few problems. Ballots will be counted by Tuesday.",
)
MATCH = (
    "Iran beat the US in volleyball final",
    "Iran beat the US in the final of the volleyball championship in Manila. The Iranian coach "
    "praised his team. The U.S. team leaders said the second half of the tournament had been hard.",
    "Iran will play Japan in the next tournament. The American head coach said Iran attacked well.",
)
PHONES = (
    "Samsung and Apple put chatbots into phones",
    "Samsung showed a phone with artificial intelligence on Tuesday. Apple is to follow in autumn.",
    "Samsung said sales in India had grown. Apple makes most of its phones in China. Analysts said "
    "the chatbots were slow. Google wrote the software for Samsung.",
)


def keys(topics: tuple[Topic, ...], shape: str | None = None) -> list[str]:
    return [topic.key for topic in topics if shape is None or topic.shape == shape]


def labels(topics: tuple[Topic, ...], shape: str) -> list[str]:
    return [topic.label for topic in topics if topic.shape == shape]


class TestAnAdvanceOfRebels:
    def test_is_about_the_group_its_place_and_the_violence(self, topics_of: TopicsOf) -> None:
        topics = topics_of(*CAPTURE)
        assert keys(topics, "actor_in_place") == ["actor_in_place:m23+CD"]
        assert keys(topics, "place_theme")[0] == "place_theme:CD+violence"
        assert {"actor:m23", "place:CD", "theme:violence"} <= set(keys(topics))

    def test_labels_use_short_names(self, topics_of: TopicsOf) -> None:
        topics = topics_of(*CAPTURE)
        assert labels(topics, "actor_in_place") == ["M23 in DR Congo"]
        assert "DR Congo violence" in labels(topics, "place_theme")

    def test_states_that_accuse_each_other_are_a_pair(self, topics_of: TopicsOf) -> None:
        topics = topics_of(*CAPTURE)
        assert keys(topics, "bilateral") == ["bilateral:CD+RW"]

    def test_cities_and_regions_count_for_their_country(self, topics_of: TopicsOf) -> None:
        assert keys(topics_of(*CAPTURE), "place")[0] == "place:CD"

    def test_an_accused_state_is_not_the_scene(self, topics_of: TopicsOf) -> None:
        assert "place_theme:RW+violence" not in keys(topics_of(*CAPTURE))


class TestATradeDispute:
    def test_the_side_that_acts_more_comes_first_and_the_key_is_sorted(
        self, topics_of: TopicsOf
    ) -> None:
        pair = next(topic for topic in topics_of(*TARIFFS) if topic.shape == "bilateral")
        assert (pair.key, pair.label) == ("bilateral:CN+US", "China US relations")

    def test_acts_of_states_make_a_policy_theirs(self, topics_of: TopicsOf) -> None:
        assert "place_theme:CN+trade" in keys(topics_of(*TARIFFS))

    def test_the_state_is_no_topic_beside_its_country(self, topics_of: TopicsOf) -> None:
        topics = topics_of(*TARIFFS)
        assert {"place:CN", "place:US"} <= set(keys(topics))
        assert keys(topics, "actor") == []


class TestWhatIsNotComposed:
    def test_an_earthquake_in_two_countries_is_no_relation(self, topics_of: TopicsOf) -> None:
        topics = topics_of(*QUAKE)
        assert keys(topics, "bilateral") == []
        assert keys(topics, "place_theme")[0] == "place_theme:CL+earthquake"

    def test_a_survey_that_is_quoted_is_not_the_place(self, topics_of: TopicsOf) -> None:
        assert "place:US" not in keys(topics_of(*QUAKE))

    def test_sport_makes_no_relations(self, topics_of: TopicsOf) -> None:
        topics = topics_of(*MATCH)
        assert "theme:sport" in keys(topics)
        assert not [topic for topic in topics if "+" in topic.key]

    def test_companies_are_in_no_place(self, topics_of: TopicsOf) -> None:
        topics = topics_of(*PHONES)
        assert {"actor:samsung", "actor:apple", "theme:artificial-intelligence"} <= set(
            keys(topics)
        )
        assert not [topic for topic in topics if "+" in topic.key]

    def test_a_company_named_below_the_lead_is_a_source_not_a_topic(
        self, topics_of: TopicsOf
    ) -> None:
        quoted = (
            *VOTE,
            "Radio Free Europe asked voters why. Radio Free Europe heard many reasons.",
        )
        assert "actor:radio-free-europe" not in keys(topics_of(*quoted))

    def test_a_country_named_once_takes_no_theme(self, topics_of: TopicsOf) -> None:
        shot = (
            "Gunmen kill nine in Mali",
            "Gunmen killed nine farmers in central Mali, officials said. The attackers fled to "
            "Burkina Faso after the attack. Militants burned two villages in Mali last week.",
        )
        topics = topics_of(*shot)
        assert "place_theme:ML+violence" in keys(topics)
        assert "place_theme:BF+violence" not in keys(topics)

    def test_the_city_of_a_meeting_is_no_party(self, topics_of: TopicsOf) -> None:
        topics = topics_of("U.S. and Iranian officials meet in Geneva")
        assert keys(topics, "bilateral") == ["bilateral:IR+US"]

    def test_a_capital_that_speaks_is_a_party(self, topics_of: TopicsOf) -> None:
        assert keys(topics_of("Tehran accuses Israel"), "bilateral") == ["bilateral:IL+IR"]
        assert keys(topics_of("Rain in Tehran and Israel"), "bilateral") == []

    def test_a_neighbour_named_twice_is_not_where_the_group_is(self, topics_of: TopicsOf) -> None:
        topics = topics_of(
            "Al-Qaeda regroups in Yemen",
            "Al-Qaeda holds villages in southern Yemen. Al-Qaeda fighters train in Yemen, said a "
            "diplomat in Oman. Al-Qaeda killed nine soldiers in Yemen in May.",
            "Al-Qaeda took a port in Yemen in June. Money for al-Qaeda flows through Oman. "
            "Al-Qaeda has been in Yemen for 20 years.",
        )
        assert keys(topics, "actor_in_place") == ["actor_in_place:al-qaeda+YE"]

    def test_a_group_abroad_needs_four_sentences(self, topics_of: TopicsOf) -> None:
        three = "Hezbollah sent men to Syria. Hezbollah fought in Syria. Hezbollah left Syria."
        topics = topics_of("", three)
        assert keys(topics, "actor_in_place") == []
        topics = topics_of("Hezbollah in Syria", three)
        assert keys(topics, "actor_in_place") == ["actor_in_place:hezbollah+SY"]

    def test_an_army_at_home_says_less_than_one_abroad(self, topics_of: TopicsOf) -> None:
        def score(country: str) -> float:
            body = f"The Revolutionary Guard is in {country}. " * 5
            topics = topics_of(f"Revolutionary Guard in {country}", body)
            return next(topic.score for topic in topics if topic.shape == "actor_in_place")

        assert score("Iran") < score("Iraq")

    def test_only_the_best_themes_join_a_place(self, topics_of: TopicsOf) -> None:
        body = " ".join(
            f"In Niger, {what}."
            for what in (
                "gunmen killed ten people in an attack",
                "soldiers fought a war at the front line",
                "a terrorist group claimed responsibility for terrorism",
                "the army and the navy bought weapons",
                "the junta seized power in a coup",
            )
            * 3
        )
        assert len(keys(topics_of("", body), "place_theme")) == 3

    def test_a_headline_that_only_names_both_needs_two_sentences(self, topics_of: TopicsOf) -> None:
        headline = "Peru and Ecuador, the border and the river"
        once = "The Peruvian government sent a letter to Ecuador."
        again = "Ecuador's president answered Peru on Friday."
        assert keys(topics_of(headline, once), "bilateral") == []
        assert keys(topics_of(headline, once, again), "bilateral") == ["bilateral:EC+PE"]

    def test_without_the_headline_a_pair_needs_three(self, topics_of: TopicsOf) -> None:
        sentences = [
            "The Peruvian government sent a letter to Ecuador.",
            "Ecuador's president answered Peru on Friday.",
            "Diplomats from Peru said Ecuador wanted talks.",
        ]
        assert keys(topics_of("A letter", *sentences[:2]), "bilateral") == []
        assert keys(topics_of("A letter", *sentences), "bilateral") == ["bilateral:EC+PE"]


class TestWhatCounts:
    def test_a_term_counts_once_in_a_sentence(self, topics_of: TopicsOf) -> None:
        def score(headline: str) -> float:
            topics = topics_of(headline, "Nothing else is known. It rained. It was cold.")
            return next(topic.score for topic in topics if topic.key == "theme:protest")

        assert score("Protest after protest after protest") == score("A protest")

    def test_an_election_is_composed_with_its_country(self, topics_of: TopicsOf) -> None:
        topics = topics_of(*VOTE)
        assert keys(topics)[:3] == ["place:GH", "theme:election", "place_theme:GH+election"]
        assert labels(topics, "place_theme")[0] == "Ghana election"

    def test_a_headline_alone_gives_its_subjects(self, topics_of: TopicsOf) -> None:
        assert set(keys(topics_of("Hamas leader speaks in Qatar"))) == {"actor:hamas", "place:QA"}

    def test_a_city_is_a_topic_from_its_second_sentence_on(self, topics_of: TopicsOf) -> None:
        once = topics_of("A long night", "Shops burned in Lagos.", "Nigeria waits for help.")
        twice = topics_of("A long night", "Shops burned in Lagos.", "Help came late to Lagos.")
        assert labels(once, "place") == ["Nigeria"]
        assert labels(twice, "place") == ["Nigeria", "Lagos"]

    def test_nothing_named_gives_nothing(self, topics_of: TopicsOf) -> None:
        assert topics_of("", "") == ()
        assert topics_of("Ten ways to clean a kettle", "Use vinegar and wait.") == ()

    def test_tags_of_the_publisher_are_not_read(self, topics_of: TopicsOf) -> None:
        tagged = topics_of(*VOTE, tags=("Nigeria", "Boko Haram in Nigeria"))
        assert tagged == topics_of(*VOTE)

    def test_a_summary_that_repeats_the_body_counts_once(self, topics_of: TopicsOf) -> None:
        sentence = "Protesters marched in Lima."
        alone = topics_of("", sentence, "It rained in Oslo.")
        repeated = topics_of("", sentence, "It rained in Oslo.", summary=sentence)
        assert [topic.score for topic in repeated] == [topic.score for topic in alone]

    @pytest.mark.parametrize(
        ("published", "counts"),
        [
            (datetime(2015, 5, 1, tzinfo=UTC), True),
            (datetime(2024, 5, 1, tzinfo=UTC), False),
            (None, True),
        ],
    )
    def test_an_actor_counts_while_it_is_active(
        self, topics_of: TopicsOf, published: datetime | None, counts: bool
    ) -> None:
        topics = topics_of("Nusra Front takes an airbase", published=published)
        assert ("actor:nusra" in keys(topics)) is counts

    def test_is_in_capitals_is_no_group(self, topics_of: TopicsOf) -> None:
        assert "actor:isil" not in keys(topics_of("WHAT IS NEXT FOR LEBANON", "Beirut waits."))
        assert "actor:isil" in keys(topics_of("What IS left behind in Lebanon", "Beirut waits."))
        assert "place:US" not in keys(topics_of("LET US PRAY", "Beirut waits."))
        assert "place:US" in keys(topics_of("THE U.S. VOTES", "Beirut waits."))
        assert "place:GB" in keys(topics_of("UK STORM", "Beirut waits."))

    def test_a_name_shared_with_people_needs_company(self, topics_of: TopicsOf) -> None:
        player = ("Jordan opens a restaurant", "Jordan, who played for Chicago, fried eggs.")
        assert "place:JO" not in keys(topics_of(*player))
        assert "place:JO" in keys(topics_of("Jordan opens a dam", "Engineers in Amman cheered."))
        assert "place:JO" in keys(topics_of("Rain falls in Jordan"))

    def test_a_source_s_own_country_weighs_less(self, topics_of: TopicsOf) -> None:
        text = ("", "The tax rose. Berlin and Germany debated it. Austria watched. Germany paid.")
        abroad = {topic.key: topic.score for topic in topics_of(*text)}
        at_home = {topic.key: topic.score for topic in topics_of(*text, country="DE")}
        assert at_home["place:DE"] < abroad["place:DE"]
        assert at_home["place:AT"] == abroad["place:AT"]

    def test_areas_over_several_countries_stand_for_themselves(self, topics_of: TopicsOf) -> None:
        topics = topics_of("Attacks spread across the Sahel", "Kashmir was calm.")
        assert {"place:sahel", "place:kashmir"} <= set(keys(topics))

    def test_names_a_user_gives_a_state_act_for_it(self, shipped: Knowledge) -> None:
        named = Actor(
            id="uk", name="United Kingdom", kind="state", aliases=("Vauxhall Cross",), home=("GB",)
        )
        knowledge = shipped.merged(actors=(named,))
        reading = read(_plain("Vauxhall Cross warns Norway"))
        topics = extract(reading, Lexicon.compile(knowledge).scan(reading), knowledge)
        assert labels(topics, "bilateral") == ["UK Norway relations"]

    def test_little_knowledge_is_enough(self) -> None:
        knowledge = Knowledge.of(
            actors=(Actor(id="guard", name="Coast Guard", kind="military", home=("XX",)),),
            places=(Place(id="umm-xx", name="Umm", kind="city", country="XX", inside="XX"),),
        )
        reading = read(_plain("Coast Guard in Umm"))
        topics = extract(reading, Lexicon.compile(knowledge).scan(reading), knowledge)
        assert set(keys(topics)) == {"actor:guard", "place:umm-xx"}


_WORDS = st.sampled_from(
    (
        *("Iraq", "Iraqi", "Baghdad", "US", "U.S.", "ISIL", "IS", "Trump", "Paris", "Jordan"),
        *(
            "officials",
            "said",
            "in",
            "the",
            "attacked",
            "protest",
            "earthquake",
            "sanctions",
            "war",
        ),
        *("Kurdish", '"quoted"', "Георгий", "伊拉克", "العراق", "Türkiye’s", "—", ".", "!", "\n\n"),
    )
)


class TestWhatIsGiven:
    @settings(max_examples=80, deadline=None)
    @given(title=st.lists(_WORDS, max_size=8), body=st.lists(_WORDS, max_size=60))
    def test_any_text_gives_sound_topics(
        self, topics_of: TopicsOf, title: list[str], body: list[str]
    ) -> None:
        told = (" ".join(title), " ".join(body))
        topics = topics_of(*told)
        assert len({topic.key for topic in topics}) == len(topics) <= MOST_TOPICS
        for topic in topics:
            assert LEAST_SCORE <= topic.score <= 1
            for shown in topic.evidence:
                text = told[0] if shown.field is Field.TITLE else told[1]
                assert text[shown.start : shown.end] == shown.sentence

    @pytest.mark.parametrize("told", [CAPTURE, TARIFFS, QUAKE, VOTE, MATCH, PHONES])
    def test_topics_are_sorted_bounded_and_unique(
        self, topics_of: TopicsOf, told: tuple[str, ...]
    ) -> None:
        topics = topics_of(*told)
        scores = [topic.score for topic in topics]
        assert scores == sorted(scores, reverse=True)
        assert all(LEAST_SCORE <= score <= 1 for score in scores)
        assert len(topics) <= MOST_TOPICS
        assert len(set(keys(topics))) == len(topics)

    @pytest.mark.parametrize("told", [CAPTURE, TARIFFS, QUAKE, VOTE, MATCH, PHONES])
    def test_evidence_is_the_article_s_own_words(
        self, topics_of: TopicsOf, told: tuple[str, ...]
    ) -> None:
        body = "\n\n".join(told[1:])
        for topic in topics_of(*told):
            assert 1 <= len(topic.evidence) <= MOST_EVIDENCE
            for shown in topic.evidence:
                text = told[0] if shown.field is Field.TITLE else body
                assert text[shown.start : shown.end] == shown.sentence

    def test_the_strongest_evidence_comes_first(self, topics_of: TopicsOf) -> None:
        place = next(topic for topic in topics_of(*VOTE) if topic.key == "place:GH")
        assert place.evidence[0].field is Field.TITLE

    def test_the_same_article_gives_the_same_topics(self, topics_of: TopicsOf) -> None:
        assert topics_of(*CAPTURE) == topics_of(*CAPTURE)


def _plain(title: str) -> Article:
    return Article(id="a2", source="example", title=title, fetched=datetime(2026, 3, 1, tzinfo=UTC))
