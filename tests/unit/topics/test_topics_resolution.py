"""Who and where is meant, when a name may mean several things?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.lexicon import Knowledge, Lexicon
from monitor.text import read
from monitor.topics import Survey, survey
from tests.unit.topics.conftest import article

In2014 = datetime(2014, 6, 13, tzinfo=UTC)
In2025 = datetime(2025, 6, 13, tzinfo=UTC)
Surveyed = Callable[..., Survey]


@pytest.fixture
def surveyed(shipped: Knowledge, shipped_lexicon: Lexicon) -> Surveyed:
    def given(title: str = "", *paragraphs: str, **more: object) -> Survey:
        reading = read(article(title, *paragraphs, **more))
        return survey(reading, shipped_lexicon.scan(reading), shipped)

    return given


class TestPlaces:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("We saw Paris Hilton there.", "part of a longer name, with 'Hilton'"),
            ("It was told by Baltimore Sun reporters.", "part of a longer name, with 'Sun'"),
            ("The books of Jack London are long.", "part of a longer name, with 'Jack'"),
            ("He met Jordan Peterson twice.", "part of a longer name, with 'Peterson'"),
        ],
    )
    def test_a_place_inside_a_longer_name_does_not_count(
        self, surveyed: Surveyed, text: str, reason: str
    ) -> None:
        found = surveyed("", text)
        assert found.places == {}
        assert reason in {dismissed.reason for dismissed in found.dismissed}

    @pytest.mark.parametrize(
        "text",
        [
            "The shop near Mosul Airport burned.",
            "In Mosul Monday was quiet.",
            "They left for Mosul ISIL never took.",
            "After Mosul came Tikrit.",
        ],
    )
    def test_what_stands_in_a_city_leaves_it_a_city(self, surveyed: Surveyed, text: str) -> None:
        assert "IQ" in surveyed("", text).places

    def test_capitals_tell_nothing_in_a_headline_in_capitals(self, surveyed: Surveyed) -> None:
        assert "IQ" in surveyed("Fighting Near Mosul Drives Thousands From Homes").places

    def test_a_town_counts_after_in_or_beside_its_country(self, surveyed: Surveyed) -> None:
        assert surveyed("", "A ruling by Pokrovsk was expected.").places == {}
        assert "UA" in surveyed("", "A ruling in Pokrovsk was expected.").places
        assert "UA" in surveyed("", "Ukraine waits. Pokrovsk was expected to fall.").places

    def test_of_two_places_the_one_in_the_country_named_is_meant(self, surveyed: Surveyed) -> None:
        assert "VE" not in surveyed("Spain: fire in Valencia", "Valencia burns.").places
        assert "ES" not in surveyed("Venezuela: fire in Valencia", "Valencia burns.").places

    def test_where_sources_speak_is_no_scene(self, surveyed: Surveyed) -> None:
        told = surveyed("", "Security sources in Iran report an advance.")
        assert told.scenes.get("IR") is None
        assert surveyed("", "Rebels in Iran report an advance.").grounds["IR"] == {0}

    def test_a_capital_that_stands_for_its_state_is_no_ground(self, surveyed: Surveyed) -> None:
        assert surveyed("", "Washington and the others wait.").grounds == {}
        assert surveyed("", "Crowds filled the streets in Washington.").grounds["US"] == {0}

    def test_a_part_of_a_country_is_ground(self, surveyed: Surveyed) -> None:
        assert surveyed("", "Gunmen came to a Kenyan coastal town.").grounds["KE"] == {0}


class TestPersons:
    def test_a_surname_refers_to_the_full_name_before_it(self, surveyed: Surveyed) -> None:
        found = surveyed(
            "", "David Cameron spoke. Cameron left. Then James Cameron came.", published=In2014
        )
        assert found.actors["cameron"].counts == {0: 1, 1: 1}
        assert surveyed("", "Cameron left.").actors == {}

    def test_an_office_of_a_country_is_who_held_it_on_that_day(self, surveyed: Surveyed) -> None:
        said = "The Iranian president spoke on Friday."
        assert "rouhani" in surveyed("", said, published=In2014).actors
        assert "pezeshkian" in surveyed("", said, published=In2025).actors
        assert surveyed("", said).actors == {}
        assert surveyed("", "The president spoke.", published=In2014).actors == {}

    def test_an_office_of_another_spelling_is_the_same(self, surveyed: Surveyed) -> None:
        said = "Australia's premier spoke."
        assert "tony-abbott" in surveyed("", said, published=In2014).actors

    def test_an_office_that_nobody_listed_held_is_nobody(self, surveyed: Surveyed) -> None:
        said = "The Peruvian chancellor spoke."
        assert surveyed("", said, published=In2014).actors == {}

    def test_an_administration_is_that_of_its_time(self, surveyed: Surveyed) -> None:
        said = "The Obama administration waits."
        assert "obama-administration" in surveyed("", said, published=In2014).actors
        assert "obama-administration" not in surveyed("", said, published=In2025).actors

    def test_only_who_is_in_office_acts_for_a_country(self, surveyed: Surveyed) -> None:
        said = "Barack Obama waits."
        assert surveyed("", said, published=In2014).acting == {"US": {0}}
        assert surveyed("", said, published=In2025).acting == {}

    def test_nationality_title_and_name_make_somebody_of_that_country(
        self, surveyed: Surveyed
    ) -> None:
        found = surveyed("", "Iranian general Reza Farhadi's men came. Later Farhadi left.")
        assert found.names["Reza Farhadi"].counts == {0: 1, 1: 1}
        assert found.acting["IR"] == {0, 1}

    def test_a_listed_person_is_no_stranger(self, surveyed: Surveyed) -> None:
        assert surveyed("", "Iranian President Hassan Rouhani spoke.").names == {}


class TestNames:
    def test_a_name_no_list_knows_is_found_when_it_is_said_twice(self, surveyed: Surveyed) -> None:
        found = surveyed(
            "Farrow wins at the fair",
            "Mildred Farrow won the prize. Farrow thanked the town. The jury liked Mildred Farrow.",
        )
        assert found.names["Mildred Farrow"].counts == {0: 1, 1: 1, 2: 1, 3: 1}

    def test_titles_openers_and_possessives_are_no_part_of_it(self, surveyed: Surveyed) -> None:
        found = surveyed(
            "",
            "When District Judge Ada Quill spoke, all wept. Then Ada Quill's car came.",
            "Mayor Quimby saw it. The Of. Of course, Of course. Critics of Ada Quill Monday left.",
        )
        assert set(found.names) == {"Ada Quill"}

    def test_one_word_must_stand_in_mid_sentence_and_never_small(self, surveyed: Surveyed) -> None:
        found = surveyed(
            "",
            "The app is called Zubble now. Zubble is new, and Zubble is quick. A Cart and a cart.",
        )
        assert found.names["Zubble"].counts == {0: 1, 1: 1}
        assert "Cart" not in found.names

    def test_a_run_that_holds_a_listed_name_is_none(self, surveyed: Surveyed) -> None:
        found = surveyed("", "The Old Iraq Society met. The Old Iraq Society sang in the rain.")
        assert found.names == {}

    def test_other_languages_tell_nothing_by_capitals(self, surveyed: Surveyed) -> None:
        german = "Der alte Mann Karl Meier ging. Dann kam Karl Meier wieder in die Stadt."
        assert surveyed("", german).names == {}
        assert surveyed("", german, language="de").names == {}
        assert surveyed("", "Karl Meier ran. See Karl Meier run.", language="en").names != {}

    def test_a_name_is_a_topic_with_two_sentences(
        self, topics_of: Callable[..., tuple[object, ...]]
    ) -> None:
        topics = topics_of("", "Mildred Farrow won the prize. All the town liked Mildred Farrow.")
        assert [topic.key for topic in topics] == ["name:mildred-farrow"]
