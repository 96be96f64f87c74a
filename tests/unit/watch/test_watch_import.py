"""Queries of other systems in ours: their precedence explicit, nothing left out silently."""

import pytest

from monitor.errors import QueryError
from monitor.watch import parse, spell
from monitor.watch.importers import import_query

SAID = [
    # Factiva: proximity, atleast and fields, NOT, AND, OR; words side by side are a phrase
    ("factiva", "oil or gas and opec", "oil OR (gas AND opec)"),
    ("factiva", "oil and gas or opec", "(oil AND gas) OR opec"),
    ("factiva", "oil and gas not opec", "oil AND gas AND NOT opec"),
    ("factiva", "oil or gas not opec", "oil OR (gas AND NOT opec)"),
    ("factiva", "crude oil near5 price", '"crude oil" NEAR/5 price'),
    ("factiva", "oil adj3 price", "oil THEN/3 price"),
    ("factiva", "oil adj price", "oil THEN/1 price"),
    ("factiva", "oil w/4 price", "oil THEN/4 price"),
    ("factiva", "oil /N7/ price", "oil NEAR/7 price"),
    ("factiva", "oil same price", "oil NEAR/P price"),
    ("factiva", "(oil or gas) same opec", "(oil OR gas) NEAR/P opec"),
    ("factiva", "hd=oil and la=en", "title:(oil) AND lang:en"),
    ("factiva", "hlp=(oil and gas)", "lead:(oil AND gas)"),
    ("factiva", "oil and la=(en or german)", "oil AND (lang:en OR lang:de)"),
    ("factiva", "atleast3 oil", "atleast(3, oil)"),
    ("factiva", "atleast1 oil", "oil"),
    ("factiva", "terror* attack", "terror* THEN/1 attack"),
    ("factiva", '"and" or oil', "and OR oil"),
    # Nexis: OR, W/n by n, W/S, W/P, AND, AND NOT; its distance counts the words between
    ("nexis", "oil AND gas OR coal", "oil AND (gas OR coal)"),
    ("nexis", "oil OR gas W/5 opec", "(oil OR gas) NEAR/6 opec"),
    ("nexis", "oil PRE/0 price", "oil THEN/1 price"),
    ("nexis", "oil NOT W/3 price", "oil NOT NEAR/4 price"),
    ("nexis", "oil W/S price", "oil NEAR/S price"),
    ("nexis", "oil w/p price AND opec", "oil NEAR/P price AND opec"),
    ("nexis", "oil AND NOT gas AND coal", "oil AND NOT (gas AND coal)"),
    ("nexis", "HEADLINE(oil OR gas) AND opec", "title:(oil OR gas) AND opec"),
    ("nexis", "ATLEAST4(oil)", "atleast(4, oil)"),
    ("nexis", "ALLCAPS(aids) AND health", 'exact("AIDS") AND health'),
    ("nexis", "terror! AND LANGUAGE(english)", "terror* AND lang:en"),
    ("nexis", "crude oil AND opec", '"crude oil" AND opec'),
    # Meltwater: NEAR, NOT, AND, OR
    ("meltwater", "oil OR gas AND coal", "oil OR (gas AND coal)"),
    ("meltwater", "oil NEAR gas", "oil NEAR/4 gas"),
    ("meltwater", "oil ONEAR/3 gas", "oil THEN/3 gas"),
    ("meltwater", "title:(oil) NOT ingress:gas", "title:(oil) AND NOT lead:(gas)"),
    # Lucene: demands and wishes
    ("lucene", "oil AND gas", "oil AND gas"),
    ("lucene", "oil && gas", "oil AND gas"),
    ("lucene", "oil OR gas", "oil OR gas"),
    ("lucene", "+oil +gas -coal", "oil AND gas AND NOT coal"),
    ("lucene", "oil AND NOT gas", "oil AND NOT gas"),
    ("lucene", "oil !gas", "oil AND NOT gas"),
    ("lucene", "(oil OR gas) AND (opec OR iran)", "(oil OR gas) AND (opec OR iran)"),
    ("lucene", 'title:"oil price" AND language:en', 'title:("oil price") AND lang:en'),
    ("lucene", '"oil price"~0', '"oil price"'),
    ("lucene", "terror* OR wom?n", "terror* OR wom?n"),
    # Google: OR before blank
    ("google", 'oil "crude price" OR gas', 'oil AND ("crude price" OR gas)'),
    ("google", 'oil -"crude price"', 'oil AND NOT "crude price"'),
    ("google", "oil | gas", "oil OR gas"),
    ("google", "oil AROUND(3) gas", "oil NEAR/4 gas"),
    ("google", "intitle:oil AND gas", "title:(oil) AND gas"),
]


@pytest.mark.parametrize(("source", "query", "ours"), SAID)
def test_a_query_keeps_its_meaning(source: str, query: str, ours: str) -> None:
    imported = import_query(source, query)

    assert imported.query == ours
    assert spell(parse(imported.query)) == ours


WARNED = [
    ("factiva", "polic$2 and oil", "cannot bound"),
    ("factiva", "oil and sn=wire", "feeds.toml"),
    ("nexis", "oil", "plurals"),
    ("nexis", "wom*n", "one letter or none"),
    ("lucene", "oil gas", "Lucene's default"),
    ("lucene", "oil gas AND coal", "only ranks"),
    ("lucene", "oil^3 AND gas", "weights"),
    ("lucene", '"oil price"~4', "change of order"),
    ("google", "oil site:bbc.co.uk", "feeds.toml"),
    ("google", "oil", "other forms"),
]


@pytest.mark.parametrize(("source", "query", "said"), WARNED)
def test_what_means_something_else_is_a_warning(source: str, query: str, said: str) -> None:
    assert any(said in warning for warning in import_query(source, query).warnings)


REFUSED = [
    ("factiva", "re=iraq and oil", 1, "cannot be carried over"),
    ("factiva", "oil /F50/", 5, "cannot be carried over"),
    ("factiva", "oil and wc>500", 9, "cannot be carried over"),
    ("factiva", "oil and date from 20200101", 9, "cannot be carried over"),
    ("factiva", "(oil and gas) near3 opec", 15, "joins more than terms"),
    ("factiva", "oil near300 gas", 5, "wanted 1 to 255"),
    ("factiva", "atleast3 (oil and gas)", 1, "counts more than terms"),
    ("factiva", "big terror* attack", 1, "wildcard in a phrase"),
    ("factiva", '"terror* attack"', 1, "wildcard in quotes"),
    ("factiva", "la=(en and de)", 1, "takes names"),
    ("factiva", "te*", 1, "which is refused"),
    ("factiva", "and oil", 1, "wanted a term"),
    ("factiva", "oil and", 5, "wanted a term"),
    ("factiva", "(oil and gas", 1, "not closed"),
    ("factiva", "oil )", 5, "wanted an operator"),
    ("factiva", '"oil', 1, "not closed"),
    ("factiva", '"..." and oil', 1, "no letter or digit"),
    ("factiva", "... and oil", 1, "no letter"),
    ("factiva", "(oil) (gas)", 7, "side by side"),
    ("factiva", "  ", 1, "wanted a query"),
    ("nexis", "oil W/SEG gas", 5, "cannot be carried over"),
    ("nexis", "CAPS(oil)", 1, "cannot be carried over"),
    ("nexis", "ALLCAPS(oil OR gas)", 1, "takes one term"),
    ("nexis", "(a W/5 b) W/3 c", 11, "joins more than terms"),
    ("nexis", "oil AND LENGTH>500", 9, "cannot be carried over"),
    ("meltwater", "reach:high AND oil", 1, "cannot be carried over"),
    ("lucene", "roam~2", 1, "fuzzy"),
    ("lucene", "/oi.l/ AND gas", 1, "cannot be carried over"),
    ("lucene", "author:smith", 1, "cannot be carried over"),
    ("lucene", "date:[2020 TO 2021]", 1, "cannot be carried over"),
    ("lucene", '"crude oil price"~3', 1, "more than two words"),
    ("lucene", "oil AND", 5, "wanted a term"),
    ("lucene", "()", 2, "wanted a term"),
    ("lucene", "-oil", 1, "which is refused"),
    ("lucene", f"{'(' * 31}oil{')' * 31}", 32, "31 deep"),
    ("lucene", "(" * 100_000, 32, "31 deep"),
    ("factiva", "hd=(" * 10_000, 64, "31 deep"),
    ("google", "inurl:news oil", 1, "cannot be carried over"),
    ("google", "-oil", 1, "which is refused"),
]


@pytest.mark.parametrize(("source", "query", "column", "said"), REFUSED)
def test_what_cannot_be_carried_over_is_an_error(
    source: str, query: str, column: int, said: str
) -> None:
    with pytest.raises(QueryError) as refused:
        import_query(source, query)

    assert said in refused.value.problem
    assert refused.value.column == column
    assert refused.value.fix or "quer" in said
