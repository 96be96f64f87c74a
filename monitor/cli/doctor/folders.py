"""Folders and files: can they be written, and can only those read secrets who should?"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from monitor.cli.doctor.finding import Finding, ok, problem, warning
from monitor.settings import Settings
from monitor.settings.version import secret_files

LEAST_FREE: Final = 1 << 30
ANYBODY: Final = stat.S_IRWXO
GIVEN: Final = Path("/run/secrets")
SECRET_KEYS: Final = frozenset({"password", "secret", "token", "authorization", "api_key", "key"})
_LOGIN: Final = re.compile(r"://[^/@\s]*:[^/@\s]+@")


def writable(about: str, folder: Path) -> Finding:
    """Whether we may make files in a folder that is there."""
    if not folder.is_dir():
        return problem(about, f"{folder} is not there", f"`mkdir -p {folder}`, or mount it")
    if not os.access(folder, os.W_OK | os.X_OK):
        fix = f"Give it to our user: `chown {os.getuid()} {folder}`"
        return problem(about, f"{folder} cannot be written by us", fix)
    return ok(about, f"{folder} can be written")


def data_findings(data: Path, *, embedded: bool) -> Iterator[Finding]:
    """The data folder: everything of the embedded server, the log of `run`."""
    there = data.resolve()
    if not there.exists():
        yield ok("data folder", f"{there} is made by the first run")
        there = next(parent for parent in there.parents if parent.exists())
        if not os.access(there, os.W_OK | os.X_OK):
            fix = "Name another with --data or WIREWATCH_DATA"
            yield problem("data folder", f"{there} cannot be written by us", fix)
    else:
        yield writable("data folder", there)
        if there.stat().st_mode & ANYBODY:
            fix = f"`chmod 700 {there}`: all articles, alerts and logs are in it"
            yield warning("data folder", f"{there} can be entered by anybody", fix)
    free = shutil.disk_usage(there).free
    said = f"{free / 2**30:.1f} GB free"
    if embedded and free < LEAST_FREE:
        yield warning("disk", said, "Make room: the append-only file is rewritten beside itself")
    else:
        yield ok("disk", said)


def log_findings(settings: Settings) -> Iterator[Finding]:
    """Where logs go, if to a file."""
    if settings.log.file:
        yield writable("log", Path(settings.log.file).resolve().parent)


def secret_findings(config: Path) -> Iterator[Finding]:
    """Who may read the files that hold secrets: those that "file:PATH" names, in the configuration
    or in variables, and config/ itself where secrets stand there in clear.
    """
    clean = True
    for path in secret_files(config):
        found = _open_to(path, ANYBODY)
        if found is not None and _lets_in(path.parent):
            clean = False
            said = f"anybody may read it (mode {found})"
            fix = f"`chmod 600 {path}`, or `chmod 700 {path.parent}` where other users need it"
            yield warning(f"secret {path}", said, fix)
    for path in sorted(config.glob("*.toml")):
        try:
            tables = tomllib.loads(path.read_text("utf-8-sig"))
        except (OSError, ValueError, RecursionError):
            continue  # loading has told
        clear = dict.fromkeys(key for key, text in _texts(tables) if _is_secret(key, text))
        found = _open_to(path, ANYBODY) if clear else None
        if found is not None and _lets_in(config):
            clean = False
            keys = ", ".join(map(repr, clear))
            said = f"holds {keys} in clear, and anybody may read it (mode {found})"
            fix = f'Write "env:NAME" or "file:PATH" there instead, or `chmod 640 {path}`'
            yield warning(f"secrets in {path.name}", said, fix)
    if clean:
        yield ok("secrets", "no file with secrets can be read by everybody")


def config_findings(config: Path) -> Iterator[Finding]:
    """Whether anybody but us may say what is watched, who is told, and which programs are run."""
    clean = True
    for path in (config, *sorted(config.glob("*.toml"))):
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if mode & stat.S_IWOTH:
            clean = False
            said = f"anybody may write it (mode {mode & 0o777:o}): who is told, and what is run"
            yield problem(f"permissions of {path.name}", said, f"`chmod o-w {path}`")
    if clean and config.is_dir():
        yield ok("permissions", f"nobody else may write {config}")


def _lets_in(folder: Path) -> bool:
    """Whether others may come to the files of a folder. What a container is given is judged where
    it lies, on the host: its users are others, and files must be open to them.
    """
    if folder.is_relative_to(GIVEN):
        return False
    try:
        return bool(folder.stat().st_mode & stat.S_IXOTH)
    except OSError:
        return False


def _texts(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in some tables, with the key it stands under."""
    match value:
        case dict():
            for name, part in value.items():
                yield from _texts(part, str(name))
        case list():
            for part in value:
                yield from _texts(part, key)
        case str():
            yield key, value


def _is_secret(key: str, text: str) -> bool:
    if not text or text.startswith(("env:", "file:")):
        return False
    word = key.lower().replace("-", "_")
    return word in SECRET_KEYS or word.endswith(("_key", "_token")) or bool(_LOGIN.search(text))


def _open_to(path: Path, whom: int) -> str | None:
    """The mode of a file that these may read, None for others."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return None
    return f"{mode & 0o777:o}" if mode & whom & 0o444 else None
