"""The table of metrics is what the documents, the rules and the dashboard speak of."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.inbound.metric_table import BY_NAME, METRICS, table
from monitor.store.measures import LATENCIES

ROOT = Path(__file__).parents[3]
RULES = ROOT / "deploy/prometheus/rules.yml"
SITUATIONS = ROOT / "tests/fixtures/prometheus/rules.test.yml"
DASHBOARD = ROOT / "deploy/grafana/dashboards/wirewatch.json"
NAMED = re.compile(r"\bwirewatch_[a-z_]+")
LABELLED = re.compile(r"(wirewatch_[a-z_]+)\{([^}]*)\}")


def base(name: str) -> str:
    """The metric that a series of this name belongs to."""
    return name if name in BY_NAME else re.sub(r"_(bucket|sum|count)$", "", name)


def expressions(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for key, part in value.items():
                if key == "expr":
                    yield part
                else:
                    yield from expressions(part)
        case list():
            for part in value:
                yield from expressions(part)


def test_the_documents_have_the_table_as_it_is() -> None:
    assert table() in (ROOT / "docs/operations.md").read_text()


def test_names_follow_the_rules_of_prometheus() -> None:
    assert len(BY_NAME) == len(METRICS)
    for metric in METRICS:
        assert re.fullmatch(r"wirewatch_[a-z_]+", metric.name)
        assert (metric.kind == "counter") == metric.name.endswith("_total"), metric.name
        if metric.unit == "seconds":
            assert metric.name.endswith("_seconds"), metric.name
        if metric.kind == "histogram":
            assert metric.name in {f"wirewatch_{name}_seconds" for name in LATENCIES}


@pytest.mark.parametrize("path", [RULES, DASHBOARD], ids=lambda path: path.name)
def test_rules_and_dashboard_name_metrics_and_labels_that_there_are(path: Path) -> None:
    text = path.read_text()
    if path == DASHBOARD:
        said = list(expressions(json.loads(text)))
        assert len(said) > 20
    else:
        said = re.findall(r"^ +expr: (.+)$", text, re.MULTILINE)
        assert len(said) == text.count("- alert:")
    for expression in said:
        for name in NAMED.findall(expression):
            assert base(name) in BY_NAME, f"{path.name} names {name}"
        for name, labels in LABELLED.findall(expression):
            for label in re.findall(r"([a-z_]+)\s*[=!]", labels):
                assert label in BY_NAME[base(name)].labels, f"{path.name}: {name} has no {label}"
        for labels in re.findall(r"max by \(([^)]*)\) \((wirewatch_[a-z_]+)", expression):
            wanted = set(re.split(r",\s*", labels[0])) - {"instance"}
            assert wanted <= set(BY_NAME[base(labels[1])].labels), expression


def test_every_rule_says_what_to_do() -> None:
    text = RULES.read_text()
    assert text.count("summary:") == text.count("fix:") == text.count("- alert:")


def test_the_dashboard_has_no_two_panels_in_one_place() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_every_rule_has_a_situation_that_sets_it_off() -> None:
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    situations = yaml.safe_load(SITUATIONS.read_text())["tests"]

    fired = {
        case["alertname"]
        for situation in situations
        for case in situation["alert_rule_test"]
        if case.get("exp_alerts")
    }

    assert fired == {rule["alert"] for rule in group["rules"]}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_situations_set_off_the_rules_they_should(tmp_path: Path) -> None:
    for path in (RULES, SITUATIONS):
        shutil.copy(path, tmp_path)
    for words in (("check", "rules", RULES.name), ("test", "rules", SITUATIONS.name)):
        done = subprocess.run(
            ["promtool", *words], cwd=tmp_path, capture_output=True, text=True, timeout=30
        )
        assert done.returncode == 0, done.stdout + done.stderr
