"""Libraries that only an evaluation needs."""

from cases.errors import ExtraMissing


def missing(what: str) -> ExtraMissing:
    """The error for a library that is not there, with the command that installs it."""
    return ExtraMissing(f'{what} can\'t be used: not installed; run: pip install "amends[evaluate]"')
