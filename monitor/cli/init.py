"""`wirewatch init`: write the sample config/ and seeds/."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from pathlib import Path

import click

from monitor.errors import WirewatchError


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def command(folder: Path) -> None:
    """Write the sample config/ and seeds/ into FOLDER (default: here). Nothing is overwritten."""
    for name in ("config", "seeds"):
        target = folder / name
        if target.exists():
            raise WirewatchError(
                f"{target} is there already: nothing was written; name another folder"
            )
    for name in ("config", "seeds"):
        with samples(name) as source:
            shutil.copytree(source, folder / name)
        click.echo(f"wrote {folder / name}", err=True)
    click.echo(
        "next: wirewatch run" + (f" --config {folder / 'config'}" if folder != Path() else ""),
        err=True,
    )


def samples(name: str) -> AbstractContextManager[Path]:
    """A folder of samples: inside the wheel, or at the top of a checkout."""
    packed = files("monitor") / "samples" / name
    return as_file(packed if packed.is_dir() else files("monitor") / ".." / name)
