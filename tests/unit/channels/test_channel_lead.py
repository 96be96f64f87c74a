"""Where the title alone matched, and where a topic did: what an alert shows."""

from __future__ import annotations

from dataclasses import replace

from monitor.channels.marking import plain
from monitor.channels.render import quotes
from monitor.model import Alert, Evidence, Field


def evidence(field: Field, text: str, term: str, sentence: str) -> Evidence:
    start = sentence.index(text)
    return Evidence(
        field=field,
        start=start,
        end=start + len(text),
        text=text,
        term=term,
        sentence=sentence,
        sentence_start=0,
    )


def test_the_beginning_is_shown_where_the_title_alone_matched(envoys: Alert) -> None:
    # given
    title = "Drone over Basra"
    alert = replace(
        envoys,
        article=replace(envoys.article, title=title),
        evidence=(evidence(Field.TITLE, "Drone", "drone", title),),
        lead="A drone was seen over the port on Tuesday.",
    )
    # when
    (shown,) = quotes(alert, at_most=5).shown
    # then
    assert plain(shown) == "A «drone» was seen over the port on Tuesday."


def test_of_a_sentence_that_proves_a_topic_the_names_are_marked(envoys: Alert) -> None:
    # given
    sentence = "Soldiers have stopped the advance of ISIL in northern Iraq."
    alert = replace(
        envoys, evidence=(evidence(Field.BODY, sentence, 'topic:"ISIL in Iraq"', sentence),)
    )
    # when
    (shown,) = quotes(alert, at_most=5).shown
    # then
    assert plain(shown) == "Soldiers have stopped the advance of «ISIL» in northern «Iraq»."
