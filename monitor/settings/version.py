"""Which configuration it is: a version that all services give the same files, and whether they
changed.

The version is made of the files of the folder and of the version of the program, which may read
them in another way than the one before. Variables of the environment may differ from service to
service, and what is secret stands there or in files of its own. Those files ("file:PATH") are
looked at, too: with another secret in one the configuration is another, though its version, which
logs and outcomes show, is the same.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path

from monitor import __version__
from monitor.model import digest
from monitor.settings.channels import Secrets
from monitor.settings.files import texts_of
from monitor.settings.remarks import FILES

SHORT = 12
"""Letters of a version: it tells a few hundred configurations apart, and is read by people."""

Marks = tuple[tuple[str, int, int, int], ...]


def version_of(config: Path) -> str:
    """The version of the files in `config`; a file that cannot be read counts as missing."""
    return digest("config", __version__, *(f"{name}\0{_text(config / name)}" for name in FILES))[
        :SHORT
    ]


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def _marks(paths: Iterable[Path]) -> Marks:
    """What changes with the files, without reading them."""
    marks = []
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        marks.append((os.fspath(path), stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return tuple(marks)


def secret_files(config: Path, channels: Secrets = "opened") -> tuple[Path, ...]:
    """The files that "file:PATH" names, in the configuration and in our variables; of a file that
    is no TOML just now, none. Sealed, those of channels are left out.
    """
    values: list[object] = [
        value for name, value in os.environ.items() if name.startswith("WIREWATCH_")
    ]
    for name in FILES:
        if name == "channels.toml" and channels == "sealed":
            continue
        try:
            values.append(tomllib.loads((config / name).read_bytes().decode("utf-8-sig")))
        except (OSError, ValueError, RecursionError):
            continue
    found = (text.removeprefix("file:") for text in texts_of(values) if text.startswith("file:"))
    return tuple(map(Path, dict.fromkeys(found)))


class Files:
    """The files of a configuration, looked at now and then. `version` is of those in force, with
    the secrets they name as they were read; `channels` says whether those of channels are,
    `in_force` whether the last ones that stood still were those.
    """

    def __init__(self, config: Path, channels: Secrets = "opened") -> None:
        self.config, self.version, self.channels = config, version_of(config), channels
        self._named = secret_files(config, channels)
        self._marks, self._done = self._looked(), False
        self._names = self._there = _names(config)
        self._secrets = self._found = self._read()
        self.in_force = True

    def changed(self) -> str | None:
        """The version of files that differ from those in force and have stood still since the last
        look; each is answered once.
        """
        marks = self._looked()
        if marks != self._marks:
            self._named = secret_files(self.config, self.channels)
            self._marks, self._done = self._looked(), False
            return None
        if self._done:
            return None
        self._done = True
        version, self._found = version_of(self.config), self._read()
        self._there = _names(self.config)
        self.in_force = (version, self._found) == (self.version, self._secrets)
        return None if self.in_force else version

    def _looked(self) -> Marks:
        return _marks((*(self.config / name for name in FILES), *self._named))

    def _read(self) -> str:
        """A digest of all secrets, which never leaves this process."""
        return digest("secrets", *(f"{path}\0{_text(path).strip()}" for path in self._named))

    @property
    def gone(self) -> tuple[str, ...]:
        """The files in force that were not there any more when a change was found."""
        return tuple(sorted(self._names - self._there))

    def take(self, version: str) -> None:
        """This version, as it was found, is in force. No file is looked at."""
        self.version, self._names = version, self._there
        self._secrets = self._found

    def again(self) -> None:
        """Answer it once more: what was to be done could not be done now."""
        self._done = False


def _names(config: Path) -> frozenset[str]:
    return frozenset(path.name for path in config.glob("*.toml"))
