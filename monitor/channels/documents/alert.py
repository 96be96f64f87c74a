"""An alert, as it is raised and when it is told again."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from monitor.channels.documents.form import LINK, TIME, Part, Whole
from monitor.model import Field, Severity


class Article(Part, frozen=True, kw_only=True):
    """An article, as an alert shows it."""

    id: Annotated[str, Meta(description="the article's id, as its source gives it")]
    url: Annotated[
        str | None, Meta(description="an http or https link, or null", extra_json_schema=LINK)
    ]
    title: Annotated[str, Meta(description="the article's title")]
    source: Annotated[str, Meta(description="the id of the source that published it")]
    published: Annotated[
        str | None, Meta(description="when, in UTC, or null", extra_json_schema=TIME)
    ]


class Evidence(Part, frozen=True, kw_only=True):
    """A place in the article that made the watch match."""

    field: Annotated[Field, Meta(description="the part of the article it is in")]
    start: Annotated[int, Meta(description="where it begins there, counted in code points from 0")]
    end: Annotated[int, Meta(description="where it ends, not included")]
    text: Annotated[str, Meta(description="the words themselves")]
    sentence: Annotated[str, Meta(description="the sentence they stand in")]


class Topic(Part, frozen=True, kw_only=True):
    """Something the article is about."""

    key: Annotated[str, Meta(description="the topic's identity, made of ids")]
    label: Annotated[str, Meta(description="what people call it; may change")]
    shape: Annotated[str, Meta(description="what kind of topic: `wirewatch topics` lists them")]
    score: Annotated[float, Meta(description="how surely the article is about it, 0 to 1")]


class Update(Part, frozen=True, kw_only=True):
    """Why an alert is told again."""

    step: Annotated[
        int,
        Meta(
            description="how many publishers carry the story: the number at which the watch tells"
            " again (`updates`, `escalate`), the highest of those passed at once; where there is a"
            " `revision`, how many it is by now"
        ),
    ]
    copy: Annotated[
        Article,
        Meta(
            description="the article by which that number was reached; where there is a `revision`,"
            " the alert's own as it is now"
        ),
    ]
    revision: Annotated[
        str | UnsetType,
        Meta(
            description="names the new text where the alert's own article says something else now;"
            " else left out"
        ),
    ] = UNSET
    revised: Annotated[
        str | UnsetType,
        Meta(
            description="when the alert's article was revised last before this, in UTC: what is"
            " told here is the new text; else left out",
            extra_json_schema=TIME,
        ),
    ] = UNSET


class Counted(Part, frozen=True, kw_only=True):
    """A story that came before, and counts towards the watch's threshold."""

    story: Annotated[str, Meta(description="the story's (or event's) id")]
    article: Annotated[Article, Meta(description="the article by which it counts")]


class Elsewhere(Part, frozen=True, kw_only=True):
    """Another article of the story or event that satisfies clauses of the watch."""

    article: Annotated[Article, Meta(description="the article")]
    evidence: Annotated[list[Evidence], Meta(description="what it says; offsets are in its text")]


class Rising(Part, frozen=True, kw_only=True):
    """What many sources suddenly tell."""

    key: Annotated[str, Meta(description="the key of the topic, or name:... of an unknown name")]
    label: Annotated[str, Meta(description="what people call it")]
    stories: Annotated[int, Meta(description="in how many stories it is told now")]
    usual: Annotated[float, Meta(description="how many were to be expected")]
    hours: Annotated[int, Meta(description="how many hours are now")]
    sources: Annotated[list[str], Meta(description="who tells it, the most first")]
    articles: Annotated[list[Article], Meta(description="the newest articles that tell it")]


class AlertData(Part, frozen=True, kw_only=True):
    """An alert."""

    alert: Annotated[
        str,
        Meta(
            description="the alert's id: one for each watch and story, the same to every channel,"
            " on every attempt and in its updates"
        ),
    ]
    watch: Annotated[str, Meta(description='the watch\'s id; "_test" is a test')]
    title: Annotated[str, Meta(description="the watch's title")]
    severity: Annotated[
        Severity,
        Meta(
            description="how urgent the alert is: as its watch is to its owner, or more where the"
            " story has spread as far as its `escalate` says"
        ),
    ]
    tags: Annotated[list[str], Meta(description="your own labels of the watch")]
    story: Annotated[
        str,
        Meta(description="the story's id: alerts about copies of one text share it"),
    ]
    event: Annotated[
        str | UnsetType,
        Meta(
            description="the id of what seems to be one happening: stories in different words may"
            " share it; left out where none is known"
        ),
    ] = UNSET
    article: Annotated[Article, Meta(description="the article")]
    evidence: Annotated[list[Evidence], Meta(description="what made the watch match")]
    topics: Annotated[list[Topic], Meta(description="what the article is about, surest first")]
    sources: Annotated[
        list[str],
        Meta(description="the sources that carried the story when it was raised (or updated)"),
    ]
    independent: Annotated[
        int,
        Meta(
            description="how many of them are independent of each other: publishers, not feeds, and"
            " one for a text that papers took from an agency"
        ),
    ]
    counted: Annotated[
        list[Counted] | UnsetType,
        Meta(
            description="where the watch has a `threshold`: the stories that came before and make"
            " it up with this one; else left out"
        ),
    ] = UNSET
    elsewhere: Annotated[
        list[Elsewhere] | UnsetType,
        Meta(
            description="where the watch has a `scope`: the other articles that satisfy it together"
            " with this one; else left out"
        ),
    ] = UNSET
    rising: Annotated[
        Rising | UnsetType,
        Meta(
            description="where the watch tells what emerges (`emerging`): what rises. The article"
            " then says how much it is told and has the newest article's `url`; the evidence are"
            " the newest titles, one a line, in which offsets count. Else left out"
        ),
    ] = UNSET


class UpdatedData(AlertData, frozen=True, kw_only=True):
    """An alert told again, with what is new about it."""

    update: Annotated[Update, Meta(description="why it is told again")]


class AlertRaised(Whole, frozen=True, kw_only=True, tag="alert.raised"):
    """A watch has spoken about a story."""

    data: Annotated[AlertData, Meta(description="the alert")]


class AlertUpdated(Whole, frozen=True, kw_only=True, tag="alert.updated"):
    """The same alert again: its story has reached a step of the watch's `updates` or `escalate`, or
    its article says something else now.
    """

    data: Annotated[UpdatedData, Meta(description="the alert as it is by now, and `update`")]
