"""Scraped pages saved as text: the article is kept, the page around it is not."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.model import Article, SourceProblem
from monitor.sources import page_lines, page_text

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PARAGRAPHS = (
    "The ferry to the islands will leave an hour earlier from Monday, the harbour office said, "
    "because the channel has to be dredged before the summer.",
    "Drivers should be at the north pier by six. The company expects the work to last for three "
    "weeks and will pay for a bus to the town. It gave this list of changes:",
    "Islanders had asked for the dredging since the winter. Two boats ran aground in January, and "
    "in March a crane fell into the water without hurting anyone.",
    '"We are glad that something moves," said the mayor of the larger island. "Even if it is mud."',
)
BODY = "\n\n".join(PARAGRAPHS)
PAGE = f"""Remember me     Forgot password?
    Log in with Chirper
Home
Sport

photo seriesFerry to the islands leaves earlier

By Ann Roe     Jun 13, 2014 in Transport
Tarbert - {PARAGRAPHS[0]}
{chr(10).join(PARAGRAPHS[1:3])}[54]
{PARAGRAPHS[3]}
More about Island ferry, Harbour works, North pier
More news from
Latest News
Top News"""


def found_in(text: str | bytes) -> list[Article | SourceProblem]:
    body = text.encode() if isinstance(text, str) else text
    return list(page_text.read(io.BytesIO(body), "page.txt", NOW))


def read(text: str | bytes) -> Article:
    (article,) = found_in(text)
    assert isinstance(article, Article)
    return article


def test_a_scraped_page_is_taken_apart() -> None:
    article = read(PAGE)

    assert article.title == "Ferry to the islands leaves earlier"
    assert article.authors == ("Ann Roe",)
    assert article.published == datetime(2014, 6, 13, tzinfo=UTC)
    assert article.section == "Transport"
    assert article.dateline == "Tarbert"
    assert article.tags == ("Island ferry", "Harbour works", "North pier")
    assert article.body == BODY


def test_tags_stand_nowhere_in_the_text() -> None:
    article = read(PAGE)

    assert "Harbour works" not in article.title + article.summary + article.body


@pytest.mark.parametrize(
    ("line", "tags"),
    [
        ("Tags: Ferry, Harbour", ("Ferry", "Harbour")),
        ("Tags:\n\nFerry | Harbour", ("Ferry", "Harbour")),
        ("Filed under Transport", ("Transport",)),
        ("Filed under: transport", ("transport",)),
        ("Topics: Ferry; Harbour / Island", ("Ferry", "Harbour", "Island")),
        ("Themen: Fähre, Hafen", ("Fähre", "Hafen")),
        ("Mots-clés : bac, port", ("bac", "port")),
        ("الوسوم: عبارة، ميناء", ("عبارة", "ميناء")),
        ("标签：渡轮、港口", ("渡轮", "港口")),
        ("#Ferry #Harbour", ("Ferry", "Harbour")),
        ("More about this story", ()),
        ("More on ferries and harbours all around the northern coast", ()),
    ],
)
def test_tag_lines_of_many_kinds(line: str, tags: tuple[str, ...]) -> None:
    article = read(f"A title of some words\n\n{BODY}\n{line}\n")

    assert article.tags == tags
    assert article.body == BODY


def test_prose_that_begins_like_a_tag_line_stays() -> None:
    prose = "Topics under discussion were the ferry, the harbour and the wall, the mayor said."

    assert prose in read(f"A title of some words\n\n{BODY}\n{prose}\n").body


@pytest.mark.parametrize(
    ("line", "authors", "day"),
    [
        ("By Ann Roe     Jun 13, 2014 in Transport", ("Ann Roe",), 13),
        ("By Ann Roe and Bob de la Cruz | 12 June 2014", ("Ann Roe", "Bob de la Cruz"), 12),
        ("Written by Ann Roe, Staff Writer", ("Ann Roe",), None),
        ("By Ann Roe, Bob Poe and Cy Moe", ("Ann Roe", "Bob Poe", "Cy Moe"), None),
        ("By Ann Roe in Tarbert", ("Ann Roe",), None),
        ("Von Käthe Öhlsen     13. Juni 2014", ("Käthe Öhlsen",), 13),
        ("Par Élodie Garnier, le 13 juin 2014", ("Élodie Garnier",), 13),
        ("Por Ana Molina y Ruth Kessler - 13 de junio de 2014", ("Ana Molina", "Ruth Kessler"), 13),
        ("بقلم: ليلى الخطيب", ("ليلى الخطيب",), None),
        ("作者：王小明", ("王小明",), None),
        ("By our own correspondent", (), None),
        ("By land and sea", (), None),
    ],
)  # fmt: skip
def test_bylines_of_many_kinds(line: str, authors: tuple[str, ...], day: int | None) -> None:
    article = read(f"A title of some words\n\n{line}\n\n{BODY}\n")

    assert article.authors == authors
    assert article.published == (datetime(2014, 6, day, tzinfo=UTC) if day else None)
    assert article.title == "A title of some words"


@pytest.mark.parametrize(
    ("start", "dateline"),
    [
        ("Baghdad - ", "Baghdad"),
        ("BAGHDAD, June 13 (Reuters) - ", "BAGHDAD"),
        ("KIEV, Ukraine (AP) — ", "KIEV, Ukraine"),
        ("Rio de Janeiro – ", "Rio de Janeiro"),
        ("Berlin (dpa) - ", "Berlin"),
    ],
)
def test_a_dateline_is_a_field_and_no_text(start: str, dateline: str) -> None:
    article = read(f"A title of some words\n\n{start}{BODY}\n")

    assert article.dateline == dateline
    assert article.body == BODY


@pytest.mark.parametrize("start", ["Obama – who had said so before – ", "He said - and left - "])
def test_a_dash_in_the_first_sentence_is_no_dateline(start: str) -> None:
    article = read(f"A title of some words\n\n{start}{BODY}\n")

    assert article.dateline is None
    assert article.body == start + BODY


@pytest.mark.parametrize("title", ["iPhone sales rise again in June", "eBay buys a small rival"])
def test_names_with_a_capital_inside_stay_whole(title: str) -> None:
    assert read(f"{title}\n\n{BODY}\n").title == title


def test_the_last_crumb_is_the_section() -> None:
    article = read(f"Home > News > World\n\nA title of some words\n\n{BODY}\n")

    assert article.section == "World"
    assert article.title == "A title of some words"


def test_the_standfirst_is_the_summary() -> None:
    standfirst = "The channel is dredged, and the bus is free."

    article = read(f"A title of some words\n{standfirst}\nBy Ann Roe\n\n{BODY}\n")

    assert article.summary == standfirst


def test_links_between_paragraphs_are_dropped_and_announcements_stay() -> None:
    inside = f"{PARAGRAPHS[0]}\nRead also: ten crabs on a pier\n{PARAGRAPHS[1]}\nAdvertisement\n"

    article = read(f"A title of some words\n\n{inside}{PARAGRAPHS[2]}\n")

    assert article.body == "\n\n".join(PARAGRAPHS[:3])


def test_a_header_block_is_taken_at_its_word() -> None:
    article = read(
        "Title: Ferry leaves earlier\nDate: 13 June 2014\nURL: https://harbour.example/1\n"
        "Author: Ann Roe and Bob Poe\nLanguage: en\nTags: Ferry, Harbour\nSource: harbour-post\n"
        "\nOne line, no prose\n\n" + BODY
    )

    assert article.title == "Ferry leaves earlier"
    assert article.published == datetime(2014, 6, 13, tzinfo=UTC)
    assert article.url == "https://harbour.example/1"
    assert article.authors == ("Ann Roe", "Bob Poe")
    assert (article.language, article.source) == ("en", "harbour-post")
    assert article.tags == ("Ferry", "Harbour")
    assert article.body == "One line, no prose\n\n" + BODY


def test_front_matter_between_fences_is_a_header_block() -> None:
    article = read(f"---\ntitle: Ferry leaves earlier\ndate: 2014-06-13\n---\n{BODY}")

    assert (article.title, article.body) == ("Ferry leaves earlier", BODY)


def test_an_address_on_the_first_line_is_the_address() -> None:
    article = read(f"https://harbour.example/1\nA title of some words\n\n{BODY}")

    assert article.url == "https://harbour.example/1"
    assert article.title == "A title of some words"


def test_a_header_date_that_says_nothing_is_a_problem_beside_the_article() -> None:
    article, problem = found_in(f"Title: T\nDate: soon\n\n{BODY}")

    assert isinstance(article, Article)
    assert article.published is None
    assert isinstance(problem, SourceProblem)
    assert "'soon'" in problem.found


def test_a_sentence_with_a_colon_is_no_header_block() -> None:
    article = read(f"Source: the mayor and other people\n\n{BODY}")

    assert article.source == "page.txt"


def test_text_broken_to_a_fixed_width_is_joined() -> None:
    narrow = "\n\n".join(
        re.sub(r"(.{50,70}?) ", r"\1\n", paragraph) for paragraph in PARAGRAPHS[:3]
    )

    article = read(f"A title of some words\n\n{narrow}\n")

    assert article.body == "\n\n".join(PARAGRAPHS[:3])


def test_a_note_without_prose_is_title_and_text() -> None:
    article = read("Ferry late\nFog on the channel\n")

    assert (article.title, article.body) == ("Ferry late", "Fog on the channel")


def test_prose_alone_has_no_title() -> None:
    article = read(BODY)

    assert (article.title, article.body) == ("", BODY)


def test_a_title_is_found_without_byline_and_date() -> None:
    article = read(f"Menu\nSearch\n\nA title of some words\n\n{BODY}\n\nImprint\nCookies\n")

    assert (article.title, article.body) == ("A title of some words", BODY)


def test_no_break_spaces_are_spaces() -> None:
    article = read(f"A title of some words\n\n{BODY.replace(' ', chr(0xA0))}\n")

    assert article.body == BODY


def test_an_old_page_is_read_in_its_encoding() -> None:
    text = (
        "Größere Fähre für die Insel\n\n"
        "Die Fähre fährt früher, weil die Rinne ausgebaggert wird. Dafür zahlt die Gemeinde.\n"
    )

    assert read(text.encode("cp1252")).title == "Größere Fähre für die Insel"


def test_pages_in_other_scripts_are_taken_apart() -> None:
    article = read(
        "الرئيسية\nرياضة\n\nالعبارة إلى الجزر تغادر مبكرا\n\nبقلم: ليلى الخطيب\n13 يونيو 2014\n\n"
        "قال مكتب الميناء إن العبارة ستغادر قبل ساعة من يوم الاثنين لأن القناة تحتاج إلى تعميق.\n"
        "وتتوقع الشركة أن يستمر العمل ثلاثة أسابيع. وقال رئيس البلدية إنه سعيد بذلك.\n"
        "الوسوم: عبارة، ميناء\nجميع الحقوق محفوظة\n"
    )

    assert article.title == "العبارة إلى الجزر تغادر مبكرا"
    assert article.published == datetime(2014, 6, 13, tzinfo=UTC)
    assert article.body.count("\n\n") == 1
    assert article.tags == ("عبارة", "ميناء")


def test_chinese_prose_is_prose() -> None:
    prose = "港口办公室说，从星期一开始，渡轮将提前一小时出发。公司预计工程将持续三个星期。"

    assert page_lines.prose_score(prose) > 0 > page_lines.prose_score("首页 新闻 体育")


def test_a_bad_line_between_paragraphs_does_not_part_the_body() -> None:
    run = page_lines.article_run((*PARAGRAPHS[:2], "© Photo desk", *PARAGRAPHS[2:]))

    assert run.head == run.tail == ()


_LINES = st.lists(
    st.one_of(
        st.sampled_from(PARAGRAPHS),
        st.sampled_from(["Menu", "Log in", "By Ann Roe", "Tags: Ferry", "12 June 2014", "", "---"]),
        st.text(st.characters(exclude_categories=["C"]), max_size=60),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(_LINES)
def test_nothing_is_invented_and_paragraphs_are_whole(lines: list[str]) -> None:
    text = "\n".join(lines)
    assume(text.strip())

    article = next(iter(found_in(text)))

    assert isinstance(article, Article)
    given_words = set(re.split(r"\s+", text)) | {""}
    for paragraph in article.body.split("\n\n"):
        assert paragraph == " ".join(paragraph.split())
        assert bool(paragraph) == bool(article.body)
    assert all(word in " ".join(given_words) for word in article.body.split())
