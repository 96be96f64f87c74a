"""`wirewatch topics --why` and `wirewatch actors`, called as from the command line."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import wirewatch

STORY = {
    "id": "s1",
    "source": "wire",
    "title": "ISIL takes Mosul in Iraq",
    "body": "ISIL fighters took Mosul. ISIL attacked Tikrit, said Paris Hilton. Ada Quill saw it.",
    "tags": ["Iraq violence"],
    "published": "2014-06-13T00:00:00Z",
}


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.jsonl"
    path.write_text(json.dumps(STORY) + "\n")
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "actors.toml").write_text('[actor.quill]\nname = "Ada Quill"\nkind = "person"\n')
    (folder / "places.toml").write_text('[place.q-iq]\nname = "Quillton"\ncountry = "IQ"\n')
    (folder / "themes.toml").write_text('[theme.ink]\nlabel = "ink"\nterms = { ink = 2 }\n')
    return folder


def ran(*arguments: object) -> Result:
    return CliRunner().invoke(wirewatch, [str(argument) for argument in arguments])


def test_why_shows_mentions_roll_ups_and_scores(story: Path) -> None:
    told = ran("topics", "--why", story).stdout
    assert "publisher's tags (not read): Iraq violence" in told
    assert "place:mosul-iq by 'Mosul'  in nineveh-iq in IQ" in told
    assert "place:paris-fr by 'Paris'  in FR  does not count: part of a longer name" in told
    assert "topic actor_in_place:isil+IQ  'ISIL in Iraq'" in told


def test_the_publishers_tags_stand_beside_ours(story: Path) -> None:
    row = json.loads(ran("topics", story).stdout)
    assert row["publisher_tags"] == ["Iraq violence"]


def test_files_of_a_folder_add_to_what_is_known(story: Path, config: Path) -> None:
    assert "actor:quill" in ran("topics", "--why", "--config", config, story).stdout
    assert "actor:quill" not in ran("topics", "--why", story).stdout


def test_a_wrong_place_is_told_with_a_fix(story: Path, config: Path) -> None:
    (config / "places.toml").write_text(
        '[place.q]\nname = "Q"\ncountry = "IQ"\ninside = "ninveh-iq"\n'
    )
    done = ran("topics", "--config", config, story)
    assert "places.toml" in str(done.exception)
    assert "nineveh-iq" in str(done.exception)


def test_show_prints_a_table_that_actors_toml_takes(config: Path) -> None:
    shown = ran("actors", "show", "--config", config, "Barack Obama").stdout
    assert tomllib.loads(shown)["actor"]["obama"]["roles"][0]["office"] == "president"
    assert json.loads(ran("actors", "show", "--json", "--config", config, "quill").stdout)["id"]


def test_show_says_who_is_near_when_nobody_is_meant(config: Path) -> None:
    done = ran("actors", "show", "--config", config, "Hezbolla")
    assert done.exit_code == 1
    assert "hezbollah" in done.stderr


def test_search_finds_by_the_beginning_of_any_word(config: Path) -> None:
    assert ran("actors", "search", "--config", config, "hezb").stdout.startswith("hezbollah  ")
    assert ran("actors", "search", "--json", "--config", config, "qui").exit_code == 0
    assert "more" in ran("actors", "search", "--config", config, "a").stderr
    assert ran("actors", "search", "--config", config, "xyzzy").exit_code == 1


def test_imported_actors_are_tables_again(tmp_path: Path) -> None:
    path = tmp_path / "dictionary.txt"
    path.write_text('RED_HAND_ [PERREB]\nADA_"QUILL [IRQGOV 20090120-20170120]\n')
    done = ran("actors", "import-phoenix", path)
    assert tomllib.loads(done.stdout)["actor"]["red-hand"]["home"] == ["PE"]
    path.write_text("nothing")
    assert "dictionary.txt" in str(ran("actors", "import-phoenix", path).exception)


def test_a_promoted_name_stands_in_actors_toml(config: Path) -> None:
    new = ran(
        "actors", "promote", "Mildred Farrow", "--new", "--kind", "person", "--config", config
    )
    alias = ran("actors", "promote", "The Hez", "--alias-of", "hezbollah", "--config", config)
    assert (new.exit_code, alias.exit_code) == (0, 0)
    actors = tomllib.loads((config / "actors.toml").read_text())["actor"]
    assert actors["mildred-farrow"] == {"name": "Mildred Farrow", "kind": "person"}
    assert "The Hez" in actors["hezbollah"]["aliases"]
    assert actors["quill"]["name"] == "Ada Quill"


def test_a_first_promoted_name_makes_the_file(config: Path) -> None:
    (config / "actors.toml").unlink()
    ran("actors", "promote", "Mildred Farrow", "--new", "--kind", "person", "--config", config)
    assert "mildred-farrow" in (config / "actors.toml").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Q"], "either --alias-of ID or --new"),
        (["Ada Quill", "--alias-of", "quill"], "add 'Ada Quill' to its `aliases`"),
        (["Quill", "--new"], "is known already"),
        (["Q", "--alias-of", "xyzzy"], "no actor is known as 'xyzzy'"),
    ],
)
def test_what_cannot_be_promoted_is_told(config: Path, arguments: list[str], said: str) -> None:
    done = ran("actors", "promote", *arguments, "--config", config)
    assert said in done.output + str(done.exception)


def test_trends_shows_what_several_sources_suddenly_tell(tmp_path: Path, config: Path) -> None:
    path = tmp_path / "days.jsonl"
    rows = [
        {
            "id": f"{day}-{number}",
            "source": f"s{number % 8}",
            "title": "A prize for old Mildred Farrow"
            if day == 2 and number < 8
            else f"It rains on {number}",
            "body": "All of the town likes Mildred Farrow." if day == 2 and number < 8 else "Rain.",
            "published": f"2014-06-0{day}T12:00:00Z",
        }
        for day in (1, 2)
        for number in range(24)
    ]
    del rows[0]["published"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (row,) = map(json.loads, ran("trends", path, "--config", config).stdout.splitlines())
    assert (row["key"], row["documents"], row["sources"]) == ("name:mildred-farrow", 8, 8)
