"""`wirewatch completion`: what makes a shell complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

PROGRAM = "wirewatch"
VARIABLE = "_WIREWATCH_COMPLETE"

HOW = {
    "bash": "wirewatch completion bash > ~/.local/share/bash-completion/completions/wirewatch",
    "zsh": "wirewatch completion zsh > ~/.zfunc/_wirewatch   # a folder of your fpath",
    "fish": "wirewatch completion fish > ~/.config/fish/completions/wirewatch.fish",
}


@click.command("completion", epilog="\b\n" + "\n".join(HOW.values()))
@click.argument("shell", type=click.Choice(tuple(HOW)), metavar="bash|zsh|fish")
def command(shell: str) -> None:
    """Write the script by which a shell completes commands and options.

    Put it where your shell looks for such scripts, or source it; new shells have it then:
    """
    from monitor.cli import wirewatch

    found = get_completion_class(shell)
    assert found is not None
    script = found(wirewatch, {}, PROGRAM, VARIABLE).source_template % {
        "complete_func": "_wirewatch_completion",
        "complete_var": VARIABLE,
        "prog_name": PROGRAM,
    }
    click.echo(script)
