"""The documents that leave: each satisfies the schema that is published; the docs show it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from jsonschema import Draft202012Validator

from monitor.channels.body import document, encode
from monitor.channels.documents import DOCUMENTS, VERSION
from monitor.channels.trial import trial, trial_digest
from monitor.model import Alert, Counted, Digest, Gap, Message, Trouble, Update
from scripts.webhook_docs import PAGE, SCHEMA, page_text, schema_text

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HINT = "run .venv/bin/python scripts/webhook_docs.py"


@pytest.fixture(scope="module")
def published() -> Draft202012Validator:
    """The schema as it is published, itself a good one."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture
def every_kind(envoys: Alert) -> dict[str, Message]:
    """A message for every type of body, and for what may be there or not."""
    bare = replace(
        envoys,
        event="",
        evidence=(),
        topics=(),
        article=replace(envoys.article, url=None, published=None),
    )
    spread = replace(envoys, update=Update(step=5, at=NOON, copy=envoys.article))
    trouble = replace(envoys, trouble=Trouble(kind="failing", since=NOON))
    over = replace(envoys, trouble=Trouble(kind="gone", since=NOON, until=NOON + timedelta(days=1)))
    digest = Digest(
        id="d1",
        channel="desk",
        reason="at_most",
        since=NOON,
        until=NOON + timedelta(hours=1),
        alerts=(envoys, spread, trouble),
        count=40,
        watch="us-iran-over-iraq",
        title="U.S. and Iran over Iraq",
        gaps=(Gap(source="harbour", source_name=None, kind="missed", since=NOON, entries=3),),
    )
    return {
        "an alert": envoys,
        "an alert with an event": replace(envoys, event="e1"),
        "an alert with nothing that may be left out": bare,
        "an alert of a threshold": replace(
            envoys, counted=(Counted(story="s0", at=NOON, article=envoys.article),)
        ),
        "an update": spread,
        "a trouble": trouble,
        "the end of a trouble": over,
        "a silence": replace(envoys, trouble=Trouble(kind="quiet", since=NOON)),
        "a digest of one watch": digest,
        "a digest of all": replace(digest, watch="", title="", reason="digest"),
        "an empty digest": replace(digest, alerts=(), gaps=(), count=0),
        "a test": trial("desk", NOON)[1],
        "a test digest": trial_digest("desk", NOON)[1],
    }


def test_every_body_satisfies_the_published_schema(
    every_kind: dict[str, Message], published: Draft202012Validator
) -> None:
    for message in every_kind.values():
        published.validate(json.loads(encode(message)))


def test_every_type_is_among_them_and_says_its_version(every_kind: dict[str, Message]) -> None:
    # when
    bodies = [document(message) for message in every_kind.values()]

    # then
    assert {body["type"] for body in bodies} == {kind.__struct_config__.tag for kind in DOCUMENTS}
    assert {body["version"] for body in bodies} == {VERSION}
    assert {next(iter(body)) for body in bodies} == {"type"}  # file channels know a line by it


def test_a_strangers_texts_satisfy_it_too(
    envoys: Alert,
    trick: str,
    poison: Callable[[Alert, str], Alert],
    published: Draft202012Validator,
) -> None:
    published.validate(json.loads(encode(poison(envoys, trick))))


def test_the_schema_refuses_what_is_none_of_ours(
    envoys: Alert, published: Draft202012Validator
) -> None:
    # given
    body = document(envoys)

    # then
    for wrong in (
        {**body, "type": "alert.lowered"},
        {**body, "version": 2},
        {**body, "data": {**body["data"], "severity": "dire"}},
        {**body, "data": {name: each for name, each in body["data"].items() if name != "story"}},
        {**body, "type": "alert.updated"},
    ):
        assert not published.is_valid(wrong)


def test_a_field_that_is_new_is_allowed_by_it(
    envoys: Alert, published: Draft202012Validator
) -> None:
    published.validate({**document(envoys), "of_tomorrow": 1})


def test_the_published_schema_is_that_of_the_code() -> None:
    assert SCHEMA.read_text("utf-8") == schema_text(), HINT


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    page = PAGE.read_text("utf-8")
    assert page == page_text(page), HINT
    for kind in DOCUMENTS:
        assert f"<!-- made: {kind.__struct_config__.tag} -->\n| " in page
