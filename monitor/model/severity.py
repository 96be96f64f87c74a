"""Severity: how urgent a watch is to its owner."""

from __future__ import annotations

from typing import Literal

Severity = Literal["low", "normal", "high", "critical"]

SEVERITIES: tuple[Severity, ...] = ("low", "normal", "high", "critical")
"""From the least to the most urgent."""
