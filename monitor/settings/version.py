"""Which configuration it is: a version that all services give the same files, and whether they
changed.

The version is made of the files alone: variables of the environment may differ from service to
service, and what is secret stands there or in files of its own.
"""

from __future__ import annotations

from pathlib import Path

from monitor import __version__
from monitor.model import digest
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


def _marks(config: Path) -> Marks:
    """What changes with the files, without reading them."""
    marks = []
    for name in FILES:
        try:
            stat = (config / name).stat()
        except OSError:
            continue
        marks.append((name, stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return tuple(marks)


class Files:
    """The files of a configuration, looked at now and then. `version` is of those in force."""

    def __init__(self, config: Path) -> None:
        self.config, self.version = config, version_of(config)
        self._marks, self._done = _marks(config), False
        self._names = _names(config)

    def changed(self) -> str | None:
        """The version of files that differ from those in force and have stood still since the last
        look; each is answered once.
        """
        marks = _marks(self.config)
        if marks != self._marks:
            self._marks, self._done = marks, False
            return None
        if self._done:
            return None
        self._done = True
        version = version_of(self.config)
        return None if version == self.version else version

    @property
    def gone(self) -> tuple[str, ...]:
        """The files in force that are not there any more."""
        return tuple(sorted(self._names - _names(self.config)))

    def take(self, version: str) -> None:
        """This version is in force."""
        self.version, self._names = version, _names(self.config)

    def again(self) -> None:
        """Answer it once more: what was to be done could not be done now."""
        self._done = False


def _names(config: Path) -> frozenset[str]:
    return frozenset(path.name for path in config.glob("*.toml"))
