"""The product as a user starts it, in folders of its own, beside real servers on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Product:
    """A configuration, a data folder, and the command line over them."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    before: tuple[str, ...] = ()
    """What a command that goes on is started by: a program that becomes it."""

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def data(self) -> Path:
        return self.folder / "var"

    def write(self, name: str, text: str) -> None:
        self.config.mkdir(exist_ok=True)
        (self.config / name).write_text(text, encoding="utf-8")

    def seed(self, name: str, text: str | bytes) -> Path:
        path = self.folder / "seeds" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def call(self, *arguments: str, timeout_s: float = 90) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "monitor.cli", *arguments],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def run_once(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.call("run", "--once", "--seeds", "seeds", *arguments)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command that goes on; it is killed when the test ends."""
        return self.start_program("-m", "monitor.cli", *arguments)

    def start_program(self, *arguments: str) -> subprocess.Popen[str]:
        """The same of any program in Python."""
        with (self.folder / f"out{len(self.started)}.log").open("w") as log:
            process = subprocess.Popen(
                [*self.before, sys.executable, *arguments],
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.started.append(process)
        return process

    def said(self) -> str:
        """All that started commands have printed."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("out*.log")))

    def log(self) -> str:
        path = self.data / "wirewatch.log"
        return path.read_text() if path.exists() else ""

    def _environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("WIREWATCH_")}
        return clean | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"} | self.environment
