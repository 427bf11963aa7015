"""Writes the parts of the documents that code already knows: the commands' help and the lifecycle's diagram.

Run by `make docs`; a test fails where a document lags behind.
"""

import re
from pathlib import Path

import click
import typer

from cases.lifecycle import TRANSITIONS, Status
from monitor.cli import app

ROOT = Path(__file__).parent.parent

_OPENING = """\
# Commands

Made by `make docs` from the commands' own help. `--json` prints JSON Lines on standard output and nothing else there; logs and
progress go to standard error. Exit status: 0 done, 1 a problem that the message names, 2 wrong usage. `--config FILE` goes
before the command. Any command brings the store up to date first, but for `classify`, `draft`, `lint`, `train` and `evaluate`, which use none.
"""


def commands() -> str:
    """docs/COMMANDS.md."""
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group)
    parts = [_OPENING]
    for name in sorted(group.commands):
        command = group.commands[name]
        context = click.Context(command, info_name=f"amends {name}", max_content_width=100, terminal_width=100)
        usage = command.get_usage(context).removeprefix("Usage: ")
        parts.append(f"## {name}\n{command.help}\n\n    {' '.join(usage.split())}\n")
        rows = [_row(parameter, context) for parameter in command.params]
        shown = [row for row in rows if row]
        if shown:
            parts.append("| | |\n| --- | --- |\n" + "\n".join(shown) + "\n")
    return "\n".join(parts)


def _row(parameter: click.Parameter, context: click.Context) -> str:
    if isinstance(parameter, click.Argument):
        name = parameter.make_metavar(context).strip("[]")
        return f"| `{name}` | {getattr(parameter, 'help', '') or ''} |"
    record = parameter.get_help_record(context)
    if record is None:
        return ""
    return f"| `{record[0].strip()}` | {' '.join(record[1].split())} |".replace("`--json`", "`--json`")


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
