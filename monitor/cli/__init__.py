"""Commands by noun."""


def main() -> None:
    """Start the command line."""
