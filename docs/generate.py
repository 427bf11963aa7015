"""Writes the parts of the documents that code already knows: the commands' help and the lifecycle's diagram.

Run by `make docs`; a test fails where a document lags behind.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.testing import CliRunner

from cases.lifecycle import TRANSITIONS, Status
from monitor.cli import app

ROOT = Path(__file__).parent.parent

_OPENING = """\
# Commands

Made by `make docs` from the commands' own help. `--json` prints JSON Lines on standard output and nothing else there;
logs and progress go to standard error. Exit status: 0 done, 1 a problem that the message names, 2 wrong usage.
`--config FILE` goes before the command. Any command brings the store up to date first, but for `classify`, `draft`,
`lint` and `evaluate`, which use none, and `train --data` where there is none.
"""


def commands() -> str:
    """docs/COMMANDS.md."""
    parts = [_OPENING]
    for words in _ways():
        shown = CliRunner().invoke(app, [*words, "--help"], prog_name="amends", terminal_width=100, color=False)
        lines = shown.output.strip("\n").splitlines()
        parts.append(f"## {' '.join(words)}\n\n" + "\n".join(f"    {line}".rstrip() for line in lines) + "\n")
    return "\n".join(parts)


def _ways() -> Iterator[tuple[str, ...]]:
    """The commands, each followed by those below it."""
    for name, command in sorted(typer.main.get_group(app).commands.items()):
        yield (name,)
        for below in sorted(getattr(command, "commands", {})):
            yield name, below


def lifecycle() -> str:
    """The diagram in ARCHITECTURE.md, in Mermaid."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Status.FLAGGED}"]
    lines += [f"    {old} --> {new}" for old, ways in TRANSITIONS.items() for new in ways]
    return "\n".join([*lines, f"    {Status.CLOSED} --> [*]", "```"])


def with_lifecycle(document: str) -> str:
    """ARCHITECTURE.md with its diagram renewed."""
    block = f"<!-- lifecycle -->\n{lifecycle()}\n<!-- /lifecycle -->"
    return re.sub(r"<!-- lifecycle -->.*?<!-- /lifecycle -->", lambda _: block, document, flags=re.DOTALL)


def main() -> None:
    """Write the documents."""
    (ROOT / "docs" / "COMMANDS.md").write_text(commands(), encoding="utf-8")
    architecture = ROOT / "ARCHITECTURE.md"
    architecture.write_text(with_lifecycle(architecture.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
