"""The claim book: which story an article belongs to, and that it says so each time it is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.dedupe import Claims, article_keys
from monitor.model import Article, Claim, Relation, digest

TEXT = " ".join(f"sentence number {number} says a thing." for number in range(20))
OTHER = " ".join(f"another matter of {number} boats is told." for number in range(20))
FIRST = Article(
    id="1",
    source="harbour-post",
    title="Boats",
    url="https://harbour.example/boats",
    body=TEXT,
    fetched=datetime(2014, 6, 13, tzinfo=UTC),
)
COPY = replace(FIRST, id="77", source="northern-star", url="https://star.example/x", title="Ships")


def test_the_first_article_founds_a_story() -> None:
    claim = Claims().claim(FIRST)

    assert claim == Claim(
        story=digest("story", FIRST.ref),
        relation=Relation.NEW,
        similarity=1.0,
        sources=("harbour-post",),
    )


def test_the_same_article_gets_the_same_answer_each_time() -> None:
    claims = Claims()
    asked = [FIRST, COPY, replace(FIRST, body=OTHER)]

    before = [claims.claim(article) for article in asked]

    assert [claims.claim(article) for article in reversed(asked)] == before[::-1]


def test_the_same_text_in_another_paper_is_a_copy() -> None:
    claims = Claims()
    founder = claims.claim(FIRST)

    copy = claims.claim(COPY)

    assert (copy.story, copy.relation, copy.similarity) == (founder.story, Relation.COPY, 1.0)
    assert copy.sources == ("harbour-post", "northern-star")


def test_the_same_address_with_the_same_text_is_a_copy() -> None:
    claims = Claims()
    founder = claims.claim(FIRST)
    again = replace(FIRST, id="2", url="http://www.harbour.example/boats/?utm_source=rss")

    claim = claims.claim(again)

    assert (claim.story, claim.relation) == (founder.story, Relation.COPY)


def test_the_same_article_with_a_changed_text_is_a_revision() -> None:
    claims = Claims()
    founder = claims.claim(FIRST)

    revision = claims.claim(replace(FIRST, body=TEXT + " It was corrected at noon."))

    assert (revision.story, revision.relation) == (founder.story, Relation.REVISION)
    assert 0.8 < (revision.similarity or 0) < 1.0


def test_a_changed_short_text_is_a_revision_under_the_same_headline() -> None:
    claims = Claims()
    first = replace(FIRST, title="Boats run aground", body="More soon.")
    founder = claims.claim(first)

    revision = claims.claim(replace(first, body="Two boats ran aground."))

    assert (revision.story, revision.relation) == (founder.story, Relation.REVISION)
    again = claims.claim(replace(first, id="9", body="More soon."))
    assert (again.story, again.relation) == (founder.story, Relation.COPY)


def test_the_same_address_with_a_changed_text_is_a_revision() -> None:
    claims = Claims()
    founder = claims.claim(FIRST)

    revision = claims.claim(replace(FIRST, id="2", body=OTHER))

    assert (revision.story, revision.relation) == (founder.story, Relation.REVISION)
    assert revision.similarity == 0.0


def test_a_copy_of_a_revision_belongs_to_the_story() -> None:
    claims = Claims()
    founder = claims.claim(FIRST)
    revised = TEXT + " It was corrected at noon."
    revision = claims.claim(replace(FIRST, body=revised))

    copy = claims.claim(replace(COPY, body=revised))

    assert (copy.story, copy.relation) == (founder.story, Relation.COPY)
    assert copy.similarity == revision.similarity


def test_another_text_at_another_address_is_another_story() -> None:
    claims = Claims()
    founder = claims.claim(FIRST)

    other = claims.claim(replace(COPY, body=OTHER))

    assert other.relation is Relation.NEW
    assert other.story != founder.story


def test_equal_ids_of_two_sources_are_two_articles() -> None:
    claims = Claims()
    claims.claim(FIRST)

    other = claims.claim(replace(FIRST, source="northern-star", url=None, body=OTHER))

    assert other.relation is Relation.NEW


def test_short_stubs_of_different_stories_do_not_merge() -> None:
    claims = Claims()
    stubs = [
        replace(FIRST, id=str(number), url=None, title=title, body="More soon.")
        for number, title in enumerate(("Samarra", "Luhansk"))
    ]

    assert [claims.claim(stub).relation for stub in stubs] == [Relation.NEW, Relation.NEW]


def test_articles_without_any_text_can_be_claimed() -> None:
    claims = Claims()
    bare = replace(FIRST, url=None, body="")

    assert claims.claim(bare).relation is Relation.NEW
    assert claims.claim(replace(bare, body=TEXT)).similarity == 0.0


def test_an_article_without_address_has_no_url_key() -> None:
    assert article_keys(replace(FIRST, url=None)).url is None
    assert article_keys(replace(FIRST, url="urn:uuid:1")).url is None
    assert article_keys(FIRST).url == "https://harbour.example/boats"
    assert article_keys(FIRST).ref == FIRST.ref


_ARTICLES = st.builds(
    lambda number, page, text: replace(
        FIRST, id=str(number), url=f"https://x.example/{page}", body=(TEXT, OTHER, TEXT + "!")[text]
    ),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 2),
)


@settings(deadline=None)
@given(st.lists(_ARTICLES, max_size=12))
def test_answers_never_change_and_every_story_has_one_founder(articles: list[Article]) -> None:
    claims = Claims()

    first = [claims.claim(article) for article in articles]

    assert [claims.claim(article) for article in articles] == first
    founders = {
        claim.story: article.ref
        for article, claim in zip(articles, first, strict=True)
        if claim.relation is Relation.NEW
    }
    assert {claim.story for claim in first} == set(founders)
    assert all(story == digest("story", ref) for story, ref in founders.items())
