"""What the doctor finds: a thing, how it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "not seen", "warning", "problem"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. A `problem` keeps Wirewatch from doing its work, or breaks a
    promise of it; a `warning` may, one day. What was `not seen` may be
    well or not. `fix` is what to do, "" where nothing is.
    """

    about: str
    state: State
    said: str
    fix: str = ""


def ok(about: str, said: str) -> Finding:
    """It is as it should be."""
    return Finding(about=about, state="ok", said=said)


def unseen(about: str, said: str, fix: str) -> Finding:
    """It could not be looked at; `fix` is how a person can."""
    return Finding(about=about, state="not seen", said=said, fix=fix)


def warning(about: str, said: str, fix: str) -> Finding:
    """It works, and should be seen to."""
    return Finding(about=about, state="warning", said=said, fix=fix)


def problem(about: str, said: str, fix: str) -> Finding:
    """It does not work."""
    return Finding(about=about, state="problem", said=said, fix=fix)
