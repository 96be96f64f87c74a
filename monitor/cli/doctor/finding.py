"""What the doctor finds: a thing, how it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. A `problem` keeps Wirewatch from doing its work, or breaks a
    promise of it; a `warning` may, one day. `fix` is what to do, "" where nothing is.
    """

    about: str
    state: State
    said: str
    fix: str = ""


def ok(about: str, said: str) -> Finding:
    """It is as it should be."""
    return Finding(about=about, state="ok", said=said)


def warning(about: str, said: str, fix: str) -> Finding:
    """It works, and should be seen to."""
    return Finding(about=about, state="warning", said=said, fix=fix)


def problem(about: str, said: str, fix: str) -> Finding:
    """It does not work."""
    return Finding(about=about, state="problem", said=said, fix=fix)
